import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../src/devkit/postgres/postgres.ts';
import { startBrokerProcess } from '../test/devkit/broker/broker-process.ts';
import { startKafka } from '../test/support/kafka.ts';
import { bareDrain, bareLatencies, startBare } from './events/bare.ts';
import { compilePrograms } from './events/compile-programs.ts';
import { cpuOfOthers } from './events/cpu-time.ts';
import type { Floor } from './events/floor.ts';
import { compiledIn, startProgram } from './events/program.ts';
import { drain, halves, latencies, startServices } from './events/services.ts';
import { median, printTable, quantile } from './figures.ts';

/**
 * Measures the throughput of the whole bus in events per second, and the time from an event's commit to its handling, next to
 * kafkajs alone, kafkajs with one transaction per event, and the floor, two bare transactions without anything in between, in
 * one run: `npx tsx bench/events.ts <kafka|embedded> [rounds] [other checkout]`, with the latencies of another checkout's bus.
 * PostgreSQL waits for the disk (fsync). All parts are separate
 * processes. Rounds alternate; the figures are medians.
 */
const [brokerName = 'kafka', rounds = '3', otherCheckout] = process.argv.slice(2);
const rates = [50, 200, 1_000];
const seconds = 4;
const backlog = 20_000;

interface Broker {
  bootstrapServers: string;
  stop(): Promise<void>;
}

async function startBroker(): Promise<Broker> {
  if (brokerName === 'kafka') return startKafka();
  if (brokerName !== 'embedded') throw new Error(`"${brokerName}" is no broker: kafka or embedded`);
  const broker = await startBrokerProcess(path.join(folder, 'broker'));
  return { bootstrapServers: broker.bootstrapServers, stop: () => broker.kill() };
}

const figures = new Map<string, number[]>();
const note = (name: string, value: number): unknown =>
  figures.has(name) ? figures.get(name)?.push(value) : figures.set(name, [value]);

/** CPU milliseconds a millisecond of all processes while they wait. */
let idleCpu = 0;

async function measureIdle(): Promise<void> {
  const [used, begun] = [cpuOfOthers(), performance.now()];
  await sleep(3_000);
  idleCpu = (cpuOfOthers() - used) / (performance.now() - begun);
}

/** Notes the latencies of `work`, and the CPU time of an event in all processes, with PostgreSQL and Kafka. */
async function noteLatencies(name: string, work: () => Promise<number[]>): Promise<void> {
  const [used, begun] = [cpuOfOthers(), performance.now()];
  const values = await work();
  const cpu = cpuOfOthers() - used - idleCpu * (performance.now() - begun);
  for (const part of [0.5, 0.99]) note(`${name}, p${part * 100} ms`, quantile(values, part));
  note(`${name}, CPU ms an event`, cpu / values.length);
}

async function measure(url: (database: string) => string, bootstrapServers: string): Promise<void> {
  const services = await startServices(url, bootstrapServers, 'bench.notes');
  const other =
    otherCheckout === undefined
      ? undefined
      : await startServices(
          (database) => url(`other-${database}`),
          bootstrapServers,
          'bench.other',
          compiledIn(path.resolve(otherCheckout)),
        );
  const bare = await startBare('bare', bootstrapServers, 'bench.bare');
  const handwritten = await startBare('handwritten', bootstrapServers, 'bench.handwritten', {
    producerUrl: url('handwritten-producer'),
    consumerUrl: url('handwritten-consumer'),
  });
  const floor = startProgram<Floor>('floor', url('floor-producer'), url('floor-consumer'));
  await floor.ask('createTables');
  await floor.ask('passAtRate', 200, 600);
  for (const side of [services, ...(other ? [other] : [])]) await latencies(side, 200, 600);
  await drain(services, 5_000, true);
  await bareLatencies(bare, 200, 600);
  await bareLatencies(handwritten, 200, 600);
  await measureIdle();

  for (let round = 0; round < Number(rounds); round += 1) {
    for (const rate of rates) {
      const count = rate * seconds;
      await noteLatencies(`floor, ${rate}/s`, () => floor.ask('passAtRate', rate, count));
      await noteLatencies(`kafkajs alone, ${rate}/s`, () => bareLatencies(bare, rate, count));
      await noteLatencies(`transaction an event, ${rate}/s`, () => bareLatencies(handwritten, rate, count));
      await noteLatencies(`event bus, ${rate}/s`, () => latencies(services, rate, count));
      if (other)
        await noteLatencies(`event bus of the other checkout, ${rate}/s`, () =>
          latencies(other, rate, count),
        );
    }
    note('kafkajs alone, events/s', await bareDrain(bare, backlog));
    note('transaction an event, events/s', await bareDrain(handwritten, backlog / 4));
    note('event bus, events/s, handler without SQL', await drain(services, backlog, false));
    note('event bus, events/s, handler inserts a row', await drain(services, backlog, true));
    const { relay, consumer } = await halves(services, backlog);
    note('  outbox to Kafka alone, events/s', relay);
    note('  Kafka to handled alone, events/s, inserts', consumer);
  }
  const pairs = [services, ...(other ? [other] : []), bare, handwritten];
  const programs: { end(): Promise<void> }[] = [floor, ...pairs.flatMap((pair) => Object.values(pair))];
  await Promise.all(programs.map((program) => program.end()));
}

const shown = (value: number): string => (value < 1_000 ? value.toFixed(1) : value.toFixed(0));
const folder = await mkdtemp(path.join(tmpdir(), 'bench-events-'));
const names = ['bare', 'handwritten'].flatMap((kind) => [`${kind}-producer`, `${kind}-consumer`]);
await compilePrograms(['publisher', 'consumer', 'floor', ...names]);
if (otherCheckout !== undefined)
  await compilePrograms(['publisher', 'consumer'], path.resolve(otherCheckout));
const sides = ['publisher', 'consumer', 'other-publisher', 'other-consumer'];
const ends = ['floor-producer', 'floor-consumer', 'handwritten-producer', 'handwritten-consumer'];
const databases = [...sides, ...ends];
const postgres = await startPostgres({ directory: folder, databases });
const started = await startBroker();
try {
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `Node ${process.version}, ${cpus().length} cores, load average ${load}, ${brokerName}, ${rounds} rounds\n`,
  );
  await measure(postgres.url, started.bootstrapServers);
  const rows = [...figures].map(([name, values]) => [
    name,
    shown(median(values)),
    shown(Math.min(...values)),
    shown(Math.max(...values)),
  ]);
  printTable(['', 'median', 'lowest', 'highest'], rows);
} finally {
  await started.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
