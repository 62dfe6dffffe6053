import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import kafkajs from 'kafkajs';
import { encodeEvent } from '../src/runtime/events/event/cloud-events.ts';
import { startPostgres } from '../src/devkit/postgres/postgres.ts';
import { startBrokerProcess } from '../test/devkit/broker/broker-process.ts';
import { startKafka } from '../test/support/kafka.ts';
import { compilePrograms } from './events/compile-programs.ts';
import { startProgram } from './events/program.ts';
import { median, printTable, quantile } from './figures.ts';
import type { Handwritten } from './projections/handwritten.ts';
import { keyOf, noteWrittenIn, partitions, text } from './projections/note-summary.ts';
import type { Kind, NoteService } from './projections/service.ts';

/**
 * Measures the rebuild of a projection in events per second, beside kafkajs with the same statements, and the latency of reads before
 * and during a rebuild, in the process that rebuilds: `npx tsx bench/projections.ts [kafka|embedded] [events] [rounds]`. PostgreSQL waits
 * for the disk (fsync). All parts are separate processes. Rounds alternate; the figures are medians.
 */
const [brokerName = 'embedded', events = '100000', rounds = '3'] = process.argv.slice(2);
const count = Number(events);
const topic = 'bench.summaries';
const readRate = 100;

async function startBroker(): Promise<{ bootstrapServers: string; stop(): Promise<void> }> {
  if (brokerName === 'kafka') return startKafka();
  if (brokerName !== 'embedded') throw new Error(`"${brokerName}" is not a broker: kafka or embedded`);
  const broker = await startBrokerProcess(path.join(folder, 'broker'));
  return { bootstrapServers: broker.bootstrapServers, stop: () => broker.kill() };
}

/** The history of the topic, in the form in which a relay sends it. */
async function fill(bootstrapServers: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [bootstrapServers], logLevel: kafkajs.logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions }] });
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const { type, version, aggregate } = noteWrittenIn(topic);
  const messageOf = (number: number) => {
    const { key, value, headers } = encodeEvent({
      ...{ id: `event-${number}`, type, version, topic, aggregate, source: 'bench' },
      ...{ subject: keyOf(number), time: new Date().toISOString() },
      ...{ data: JSON.stringify({ number, text }), correlationId: `request-${number}` },
    });
    return { key, value, headers };
  };
  for (let first = 0; first < count; first += 500)
    await producer.send({
      topic,
      messages: Array.from({ length: Math.min(500, count - first) }, (_, index) => messageOf(first + index)),
    });
  await producer.disconnect();
}

const figures = new Map<string, number[]>();
const note = (name: string, value: number): unknown =>
  figures.has(name) ? figures.get(name)?.push(value) : figures.set(name, [value]);

function noteReads(name: string, times: readonly number[]): void {
  for (const part of [0.5, 0.99]) note(`read ${name}, p${part * 100} ms`, quantile(times, part));
}

async function measure(url: (database: string) => string, bootstrapServers: string): Promise<void> {
  await fill(bootstrapServers);
  const service = startProgram<NoteService>('service', url('notes'), bootstrapServers, topic);
  const handwritten = startProgram<Handwritten>('handwritten', url('handwritten'), bootstrapServers, topic);
  await service.ask('createTables');
  await handwritten.ask('createTables');
  await service.ask('start');
  let version = 1;
  const rebuild = async (name: string, kind: Kind, reads = 0): Promise<void> => {
    const { rate, seconds, times } = await service.ask('rebuild', (version += 1), kind, reads);
    note(`${name}, events/s`, rate);
    note(`  ${name}: s from the command to the end`, seconds);
    if (reads > 0) noteReads(`during: ${name}`, times);
  };
  for (let round = 0; round < Number(rounds); round += 1) {
    await rebuild('batch handler', 'batch handler');
    note('kafkajs with the same statements, events/s', await handwritten.ask('rebuild', count, round));
    await rebuild('batch handler, 200 events a batch', 'batch handler, 200 events a batch');
    noteReads('before', await service.ask('read', readRate, 5));
    await rebuild('batch handler, with reads', 'batch handler', readRate);
    await rebuild('200 events a batch, with reads', 'batch handler, 200 events a batch', readRate);
  }
  if (Number(rounds) > 1) await rebuild('one event at a time', 'one event at a time');
  await Promise.all([service.end(), handwritten.end()]);
}

const shown = (value: number): string => (value < 1_000 ? value.toFixed(1) : value.toFixed(0));
const folder = await mkdtemp(path.join(tmpdir(), 'bench-projections-'));
await compilePrograms(['service', 'handwritten'], undefined, 'projections');
const postgres = await startPostgres({ directory: folder, databases: ['notes', 'handwritten'] });
const broker = await startBroker();
try {
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `Node ${process.version}, ${cpus().length} cores, load average ${load}, ${brokerName}, ${count} events, ${rounds} rounds\n`,
  );
  await measure(postgres.url, broker.bootstrapServers);
  printTable(
    ['', 'median', 'lowest', 'highest'],
    [...figures].map(([name, values]) => [
      name,
      ...[median(values), Math.min(...values), Math.max(...values)].map(shown),
    ]),
  );
} finally {
  await broker.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
