import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../src/devkit/postgres/postgres.ts';
import { startBrokerProcess } from '../test/devkit/broker/broker-process.ts';
import { startKafka } from '../test/support/kafka.ts';
import { startBare } from './events/bare.ts';
import { compilePrograms } from './events/compile-programs.ts';
import type { Mark } from './events/probe.ts';
import { compiledIn, type Program } from './events/program.ts';
import { startServices } from './events/services.ts';
import { printTable, quantile } from './figures.ts';

/**
 * Measures the stages of an event in milliseconds, from the COMMIT that saved it to the COMMIT that handled it:
 * `npx tsx bench/event-stages.ts <kafka|embedded> [rates] [other checkout]`. Compares the event bus of this checkout, or of another
 * one, with code written by hand. All parts are separate processes, watched from outside (events/probe.ts).
 */
const [brokerName = 'kafka', wantedRates = '50,200,1000', otherCheckout] = process.argv.slice(2);
const ownCheckout = path.join(import.meta.dirname, '..');
const checkout = path.resolve(otherCheckout ?? ownCheckout);
const rates = wantedRates.split(',').map(Number);
const seconds = 5;

interface Paced {
  producer: Program<{ writeAtRate(rate: number, count: number): Promise<number[]> }>;
  consumer: Program<{ expect(count: number): void; all(): Promise<number[]> }>;
}

const marksOf = (program: unknown): Promise<Mark[]> => (program as Program<{ marks(): Mark[] }>).ask('marks');

/** The first mark of each step, by event. */
function byEvent(marks: readonly Mark[]): Map<number, Partial<Record<Mark['step'], Mark>>> {
  const events = new Map<number, Partial<Record<Mark['step'], Mark>>>();
  for (const mark of marks) {
    for (const number of mark.numbers) {
      const known = events.get(number) ?? {};
      events.set(number, known);
      known[mark.step] ??= mark;
    }
  }
  return events;
}

/** The milliseconds of each stage of one event; NaN for a stage that its side does not have. */
function stagesOf(
  { read, send, fetch, begin, claim, insert, commit, ...rest }: Partial<Record<Mark['step'], Mark>>,
  committed = Number.NaN,
): Record<string, number> {
  const time = (from?: number, to?: number): number => (to ?? Number.NaN) - (from ?? Number.NaN);
  return {
    'committed -> read begins': time(committed, read?.begun),
    'read of the outbox': time(read?.begun, read?.ended),
    'read -> request': time(read?.ended ?? committed, send?.begun),
    'request -> fetch answer': time(send?.begun, fetch?.ended),
    'fetch answer -> BEGIN': time(fetch?.ended, begin?.begun ?? claim?.begun),
    'BEGIN -> claimed': time(begin?.begun ?? claim?.begun, claim?.ended),
    handler: time(claim?.ended, commit?.begun),
    COMMIT: time(commit?.begun, commit?.ended),
    together: time(committed, commit?.ended),
    '(in parallel) acknowledged': time(send?.begun, send?.ended),
    '(in parallel) acknowledged -> deleted': time(send?.ended, rest.delete?.ended),
    '(in parallel) the INSERT': time(insert?.begun, insert?.ended),
  };
}

async function measure({ producer, consumer }: Paced, rate: number) {
  const count = rate * seconds;
  await Promise.all([marksOf(producer), marksOf(consumer)]);
  await consumer.ask('expect', count);
  const committed = await producer.ask('writeAtRate', rate, count);
  await consumer.ask('all');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const marks = [...(await marksOf(producer)), ...(await marksOf(consumer))];
  const stages = [...byEvent(marks)].map(([number, event]) => stagesOf(event, committed[number]));
  const per = (step: Mark['step']): string => {
    const of = marks.filter((mark) => mark.step === step && mark.numbers.length > 0);
    const events = of.reduce((sum, { numbers }) => sum + numbers.length, 0);
    return of.length === 0 ? '' : `${step} ${(events / of.length).toFixed(2)}`;
  };
  const sizes = (['read', 'send', 'delete', 'fetch', 'commit'] as const).map(per).filter(Boolean);
  return { stages, sizes };
}

const folder = await mkdtemp(path.join(tmpdir(), 'bench-stages-'));
await compilePrograms(['publisher', 'consumer'], checkout);
await compilePrograms(['probe', 'handwritten-producer', 'handwritten-consumer']);
process.env['PROBE'] = 'yes';
const databases = ['publisher', 'consumer', 'handwritten-producer', 'handwritten-consumer'];
const postgres = await startPostgres({ directory: folder, databases });
const broker =
  brokerName === 'kafka'
    ? await startKafka()
    : await startBrokerProcess(path.join(folder, 'broker')).then((embedded) => ({
        bootstrapServers: embedded.bootstrapServers,
        stop: () => embedded.kill(),
      }));
try {
  const load = loadavg()[0]?.toFixed(1);
  console.log(`Node ${process.version}, ${cpus().length} cores, load average ${load}, ${brokerName}\n`);
  const { url } = postgres;
  const bus = await startServices(url, broker.bootstrapServers, 'bench.notes', compiledIn(checkout));
  const handwritten = await startBare('handwritten', broker.bootstrapServers, 'bench.handwritten', {
    producerUrl: url('handwritten-producer'),
    consumerUrl: url('handwritten-consumer'),
  });
  const sides = { 'a transaction an event': handwritten, 'event bus': { ...bus, producer: bus.publisher } };
  for (const side of Object.values(sides)) await measure(side, 50);
  for (const rate of rates) {
    const columns: Record<string, Record<string, number>[]> = {};
    for (const [name, side] of Object.entries(sides)) {
      const { stages, sizes } = await measure(side, rate);
      columns[name] = stages;
      console.log(`${rate}/s, ${name}: events per ${sizes.join(', ')}`);
    }
    const names = Object.keys(columns['event bus']?.[0] ?? {});
    const shown = (values: number[], part: number): string => {
      const value = quantile(values.filter(Number.isFinite), part);
      return Number.isNaN(value) ? '' : value.toFixed(2);
    };
    const rows = names.map((name) => [
      name,
      ...Object.values(columns).flatMap((stages) =>
        [0.5, 0.99].map((part) =>
          shown(
            stages.map((each) => each[name] ?? Number.NaN),
            part,
          ),
        ),
      ),
    ]);
    const header = Object.keys(columns).flatMap((name) => [`${name}, p50`, 'p99']);
    printTable([`${rate}/s`, ...header], rows);
    console.log();
  }
  const programs = [...Object.values(bus), ...Object.values(handwritten)];
  await Promise.all(programs.map((program) => program.end()));
} finally {
  await broker.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
