import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../src/devkit/postgres/postgres.ts';
import { startKafka } from '../test/support/kafka.ts';
import { compilePrograms } from './events/compile-programs.ts';
import { compiledIn } from './events/program.ts';
import { drain, halves, latencies, type Services, startServices } from './events/services.ts';
import { median, printTable } from './figures.ts';

/**
 * The event bus of this checkout against that of another one, in turns, on one PostgreSQL and one Kafka:
 * `npx tsx bench/events-against.ts <other checkout> [pairs]`. Both checkouts are built, with their node_modules. Each round of a pair
 * begins with the other side than the one before. `ratio` is the median over the pairs of this one's figure by the other's.
 */
const [otherCheckout = '', pairs = '5'] = process.argv.slice(2);
const checkouts = { other: path.resolve(otherCheckout), own: path.join(import.meta.dirname, '..') };
const sides = ['other', 'own'] as const;
type Side = (typeof sides)[number];
const programs = ['publisher', 'consumer'];
const backlog = 10_000;
const rate = 200;
const seconds = 2;

type Figures = Record<string, number>;

/** CPU milliseconds per event of both programs while `work` handles this number of events. */
async function cpuOf<T>(
  { publisher, consumer }: Services,
  count: number,
  work: () => Promise<T>,
): Promise<{ result: T; publisher: number; consumer: number }> {
  const used = async (): Promise<number[]> => [await publisher.ask('cpu'), await consumer.ask('cpu')];
  const before = await used();
  const result = await work();
  const [publishing = 0, consuming = 0] = (await used()).map(
    (at, side) => (at - (before[side] ?? 0)) / count,
  );
  return { result, publisher: publishing, consumer: consuming };
}

async function measure(services: Services): Promise<Figures> {
  const plain = await cpuOf(services, backlog, () => drain(services, backlog, false));
  const inserting = await cpuOf(services, backlog, () => drain(services, backlog, true));
  const alone = await halves(services, backlog);
  const paced = await cpuOf(services, rate * seconds, () => latencies(services, rate, rate * seconds));
  return {
    'handler without SQL, events/s': plain.result,
    '  publisher, CPU ms an event, filled too': plain.publisher,
    '  consumer, CPU ms an event': plain.consumer,
    'handler inserts a row, events/s': inserting.result,
    '  publisher, CPU ms an event, filled too, consumer inserts': inserting.publisher,
    '  consumer, CPU ms an event, inserts': inserting.consumer,
    'outbox to Kafka alone, events/s': alone.relay,
    'Kafka to handled alone, events/s, inserts': alone.consumer,
    [`at ${rate}/s, p50 ms`]: median(paced.result),
    [`at ${rate}/s, publisher, CPU ms an event`]: paced.publisher,
    [`at ${rate}/s, consumer, CPU ms an event`]: paced.consumer,
  };
}

async function startSide(side: Side, bootstrapServers: string): Promise<Services> {
  const url = (database: string): string => postgres.url(`${side}-${database}`);
  const folder = compiledIn(checkouts[side]);
  const services = await startServices(url, bootstrapServers, `bench.${side}`, folder);
  await drain(services, 5_000, true);
  await latencies(services, 200, 400);
  return services;
}

const folder = await mkdtemp(path.join(tmpdir(), 'bench-against-'));
await compilePrograms(programs, checkouts.other);
await compilePrograms(programs, checkouts.own);
const databases = sides.flatMap((side) => programs.map((program) => `${side}-${program}`));
const postgres = await startPostgres({ directory: folder, databases });
const kafka = await startKafka();
const rounds: Record<Side, Figures>[] = [];
try {
  const load = loadavg()[0]?.toFixed(1);
  console.log(`Node ${process.version}, ${cpus().length} cores, load average ${load}, ${pairs} pairs\n`);
  const services = {
    other: await startSide('other', kafka.bootstrapServers),
    own: await startSide('own', kafka.bootstrapServers),
  };
  for (let pair = 0; pair < Number(pairs); pair += 1) {
    const figures: Record<Side, Figures> = { other: {}, own: {} };
    for (const side of pair % 2 === 0 ? sides : sides.toReversed())
      figures[side] = await measure(services[side]);
    rounds.push(figures);
  }
  const shown = (value: number): string => value.toFixed(value < 100 ? 2 : 0);
  const rows = Object.keys(rounds[0]?.own ?? {}).map((name) => {
    const of = (side: Side): number[] => rounds.map((round) => round[side][name] ?? Number.NaN);
    const ratios = rounds.map(({ own, other }) => (own[name] ?? 0) / (other[name] ?? 0));
    return [
      name,
      shown(median(of('other'))),
      shown(median(of('own'))),
      median(ratios).toFixed(3),
      ratios.map((ratio) => ratio.toFixed(2)).join(' '),
    ];
  });
  printTable(['', 'other', 'own', 'ratio', 'of each pair'], rows);
  await Promise.all(sides.flatMap((side) => Object.values(services[side]).map((program) => program.end())));
} finally {
  await kafka.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
