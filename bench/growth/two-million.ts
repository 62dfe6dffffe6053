import type { Knex } from 'knex';
import { printTable } from '../figures.ts';
import { importRuntime } from './support/checkout.ts';
import type { Figures } from './support/measurement.ts';
import { withServices, type World } from './support/services.ts';

/** EVENTS in the environment is another number of events. */
const events = Number(process.env['EVENTS'] || 2_000_000);
const stage = Math.min(100_000, events / 2);
const warmUp = 20_000;
/** The pruner of a service runs every hour, which is longer than this measurement. */
const prunedEvery = 2_000;
const remembered = 20_000;

export const sentence = `${events.toLocaleString('en')} events go through a publisher and a consumer, whose handler inserts a row; the inbox is pruned every ${prunedEvery / 1_000} s, and remembers ${remembered / 1_000} s`;

interface Inbox {
  pruneInbox: (database: Knex, before: Date) => Promise<number>;
}

interface Stage {
  rate: number;
  /** Of both services, in milliseconds an event: other work on the machine changes the rate, but hardly this. */
  cpu: number;
  publisherMegabytes: number;
  consumerMegabytes: number;
  inboxMegabytes: number;
  outboxMegabytes: number;
}

/** Events a second from saving the first of them until the last one is handled. */
async function pass({ services, consumer }: World, count: number): Promise<number> {
  await services.consumer.ask('expect', count);
  const begun = performance.now();
  await services.publisher.ask('fill', count);
  await services.consumer.ask('all');
  const rate = count / ((performance.now() - begun) / 1_000);
  await consumer.raw('truncate copies'); // the data of the service is not what is measured
  return rate;
}

async function megabytesOf(database: Knex, table: string): Promise<number> {
  const { rows } = await database.raw('select pg_total_relation_size(?) / 1048576.0 as megabytes', [table]);
  return Number(rows[0].megabytes);
}

async function passStage(world: World): Promise<Stage> {
  const { publisher, consumer } = world.services;
  const cpuOfBoth = async () => (await publisher.ask('cpu')) + (await consumer.ask('cpu'));
  const before = await cpuOfBoth();
  const rate = await pass(world, stage);
  return {
    rate,
    cpu: ((await cpuOfBoth()) - before) / stage,
    publisherMegabytes: await publisher.ask('megabytes'),
    consumerMegabytes: await consumer.ask('megabytes'),
    inboxMegabytes: await megabytesOf(world.consumer, 'event_inbox'),
    outboxMegabytes: await megabytesOf(world.publisher, 'event_outbox'),
  };
}

/** Prunes until `stop` is called; that resolves when no statement is running. */
function keepPruning(database: Knex, { pruneInbox }: Inbox): { stop: () => Promise<unknown> } {
  let running: Promise<unknown> = Promise.resolve();
  const prune = (): Promise<unknown> => pruneInbox(database, new Date(Date.now() - remembered));
  const timer = setInterval(() => void (running = running.then(prune)), prunedEvery);
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}

const shown = (values: number[]): string[] => values.map((value) => value.toFixed(value < 10 ? 3 : 0));

export const measure = async (checkout: string): Promise<Figures> => {
  const inbox = await importRuntime<Inbox>(checkout, 'events/inbox/inbox.ts', 'events/inbox.ts');
  const stages = await withServices(checkout, async (world) => {
    await pass(world, warmUp);
    const pruning = keepPruning(world.consumer, inbox);
    const passed: Stage[] = [];
    while (passed.length < Math.floor(events / stage)) passed.push(await passStage(world));
    await pruning.stop();
    return passed;
  });
  const header = [
    'events',
    'a second',
    'CPU ms',
    'publisher MB',
    'consumer MB',
    'event_inbox MB',
    'event_outbox MB',
  ];
  printTable(
    header,
    stages.map((each, index) => [String((index + 1) * stage), ...shown(Object.values(each))]),
  );
  return figuresOf(stages);
};

function figuresOf(stages: Stage[]): Figures {
  const middle = stages[Math.floor(stages.length / 2)];
  const [first, last] = [stages[0], stages.at(-1)];
  if (!first || !middle || !last) throw new Error(`${events} events are fewer than two stages`);
  return {
    [`events/s of the first ${stage}`]: first.rate,
    [`events/s of the last ${stage}`]: last.rate,
    'last by first': last.rate / first.rate,
    'CPU ms an event, last by first': last.cpu / first.cpu,
    'publisher MB resident, after half of the events': middle.publisherMegabytes,
    'publisher MB resident, at the end': last.publisherMegabytes,
    'consumer MB resident, after half of the events': middle.consumerMegabytes,
    'consumer MB resident, at the end': last.consumerMegabytes,
    'event_inbox MB, the most': Math.max(...stages.map(({ inboxMegabytes }) => inboxMegabytes)),
    'event_inbox MB, at the end': last.inboxMegabytes,
    'event_outbox MB, the most': Math.max(...stages.map(({ outboxMegabytes }) => outboxMegabytes)),
  };
}
