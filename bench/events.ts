import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../src/devkit/postgres/postgres.ts';
import { startBrokerProcess } from '../test/devkit/broker/broker-process.ts';
import { startKafka } from '../test/support/kafka.ts';
import { bareDrain, bareLatencies, startBare } from './events/bare.ts';
import { compilePrograms } from './events/compile-programs.ts';
import { drain, halves, latencies, startServices } from './events/services.ts';
import { median, printTable, quantile } from './figures.ts';

/**
 * Measures the throughput of the whole bus in events per second, and the time from an event's commit to its handling, next to
 * kafkajs alone and kafkajs with one transaction per event, in one run: `npx tsx bench/events.ts <kafka|embedded> [rounds]`.
 * PostgreSQL waits for the disk (fsync). All parts are separate processes. Rounds alternate; the figures are medians.
 */
const [brokerName = 'kafka', rounds = '3'] = process.argv.slice(2);
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

function noteLatencies(name: string, values: number[]): void {
  for (const part of [0.5, 0.99]) note(`${name}, p${part * 100} ms`, quantile(values, part));
}

async function measure(url: (database: string) => string, bootstrapServers: string): Promise<void> {
  const services = await startServices(url, bootstrapServers, 'bench.notes');
  const bare = await startBare('bare', bootstrapServers, 'bench.bare');
  const handwritten = await startBare('handwritten', bootstrapServers, 'bench.handwritten', {
    producerUrl: url('handwritten-producer'),
    consumerUrl: url('handwritten-consumer'),
  });
  await latencies(services, 200, 600);
  await drain(services, 5_000, true);
  await bareLatencies(bare, 200, 600);
  await bareLatencies(handwritten, 200, 600);

  for (let round = 0; round < Number(rounds); round += 1) {
    for (const rate of rates) {
      noteLatencies(`kafkajs alone, ${rate}/s`, await bareLatencies(bare, rate, rate * seconds));
      noteLatencies(
        `transaction an event, ${rate}/s`,
        await bareLatencies(handwritten, rate, rate * seconds),
      );
      noteLatencies(`event bus, ${rate}/s`, await latencies(services, rate, rate * seconds));
    }
    note('kafkajs alone, events/s', await bareDrain(bare, backlog));
    note('transaction an event, events/s', await bareDrain(handwritten, backlog / 4));
    note('event bus, events/s, handler without SQL', await drain(services, backlog, false));
    note('event bus, events/s, handler inserts a row', await drain(services, backlog, true));
    const { relay, consumer } = await halves(services, backlog);
    note('  outbox to Kafka alone, events/s', relay);
    note('  Kafka to handled alone, events/s, inserts', consumer);
  }
  const programs = [services, bare, handwritten].flatMap((pair) => Object.values(pair));
  await Promise.all(programs.map((program) => program.end()));
}

const shown = (value: number): string => (value < 1_000 ? value.toFixed(1) : value.toFixed(0));
const folder = await mkdtemp(path.join(tmpdir(), 'bench-events-'));
const names = ['bare', 'handwritten'].flatMap((kind) => [`${kind}-producer`, `${kind}-consumer`]);
await compilePrograms(['publisher', 'consumer', ...names]);
const databases = ['publisher', 'consumer', 'handwritten-producer', 'handwritten-consumer'];
const postgres = await startPostgres({ directory: folder, databases });
const started = await startBroker();
try {
  console.log(`Node ${process.version}, ${cpus().length} cores, ${brokerName}, ${rounds} rounds\n`);
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
