import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../src/devkit/postgres/postgres.ts';
import { startKafka } from '../test/support/kafka.ts';
import { compilePrograms } from './events/compile-programs.ts';
import { startProgram, type Program } from './events/program.ts';
import type { Publisher } from './events/publisher.ts';
import type { Subscriber } from './events/subscriber.ts';
import { median, printTable } from './figures.ts';

/**
 * Measures the cost of several subscriptions of one topic to a service: `npx tsx bench/subscriptions.ts [rounds] [subscriptions]`. The
 * figures are of the process of the service alone, medians of the rounds, which alternate.
 */
const [rounds = '1', many = '10'] = process.argv.slice(2);
const counts = [1, Number(many)];
const idleSeconds = 6;
const rate = 50;
const slowEvents = 200;
const backlog = 1_500;
const warmUp = 500;

const figures = new Map<string, Map<number, number[]>>();
function note(name: string, count: number, value: number): void {
  const ofName = figures.get(name) ?? new Map<number, number[]>();
  figures.set(name, ofName.set(count, [...(ofName.get(count) ?? []), value]));
}

/** CPU milliseconds of the service while `work` runs. */
async function cpuOf(service: Program<Subscriber>, work: () => Promise<unknown>): Promise<number> {
  const before = await service.ask('cpu');
  await work();
  return (await service.ask('cpu')) - before;
}

/** With a topic of its own, so that it has nothing to catch up with. */
async function measure(round: number, count: number, bootstrapServers: string): Promise<void> {
  const [publisherUrl, url] = [postgres.url('publisher'), postgres.url(`subscriber-${count}`)];
  const topic = `bench.notes-${count}-${round}`;
  const publisher = startProgram<Publisher>('publisher', publisherUrl, bootstrapServers, topic);
  if (figures.size === 0) await publisher.ask('createTables');
  const service = startProgram<Subscriber>('subscriber', url, bootstrapServers, topic, String(count));
  await service.ask('createTables');
  await service.ask('start');
  // the first events compile the code
  await publisher.ask('fill', warmUp);
  await deliver(service, () => publisher.ask('start'), warmUp);
  await sleep(2_000);
  note(
    'idle, CPU ms a second',
    count,
    (await cpuOf(service, () => sleep(idleSeconds * 1_000))) / idleSeconds,
  );
  const open = await service.ask('connections');
  note('connections to Kafka', count, open.kafka);
  note('connections to PostgreSQL', count, open.postgres);
  const slow = await cpuOf(service, () =>
    deliver(service, () => publisher.ask('writeAtRate', rate, slowEvents), slowEvents),
  );
  note(`${rate} events/s, CPU ms an event`, count, slow / slowEvents);
  await publisher.ask('stop');
  await publisher.ask('fill', backlog);
  const fast = await cpuOf(service, () => deliver(service, () => publisher.ask('start'), backlog));
  note('a backlog, CPU ms an event', count, fast / backlog);
  note('MB of memory', count, await service.ask('megabytes'));
  await service.ask('stop');
  await publisher.ask('stop');
  await Promise.all([service.end(), publisher.end()]);
}

async function deliver(
  service: Program<Subscriber>,
  publish: () => Promise<unknown>,
  count: number,
): Promise<void> {
  await service.ask('expect', count);
  await publish();
  await service.ask('all');
}

const shown = (value: number): string => (value < 100 ? value.toFixed(1) : value.toFixed(0));
const folder = await mkdtemp(path.join(tmpdir(), 'bench-subscriptions-'));
await compilePrograms(['publisher', 'subscriber']);
const postgres = await startPostgres({
  directory: folder,
  databases: ['publisher', ...counts.map((count) => `subscriber-${count}`)],
});
const kafka = await startKafka();
try {
  console.log(`Node ${process.version}, ${cpus().length} cores, ${rounds} rounds\n`);
  for (let round = 0; round < Number(rounds); round += 1)
    for (const count of counts) await measure(round, count, kafka.bootstrapServers);
  const rows = [...figures].map(([name, values]) => [
    name,
    ...counts.map((count) => shown(median(values.get(count) ?? []))),
  ]);
  printTable(['subscriptions', ...counts.map(String)], rows);
} finally {
  await kafka.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
