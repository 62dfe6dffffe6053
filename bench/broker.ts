import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { startKafka } from '../test/support/kafka.ts';
import { bareDrain, bareLatencies, startBare, type Bare } from './events/bare.ts';
import { compilePrograms } from './events/compile-programs.ts';
import { compiledPrograms } from './events/program.ts';
import { median, printTable, quantile } from './figures.ts';

/**
 * Compares the embedded broker with Apache Kafka: the throughput of kafkajs through each of them, in one run: `npx tsx
 * bench/broker.ts [rounds]`. All parts are separate processes. The sides alternate; the figures are medians.
 */
const [rounds = '5'] = process.argv.slice(2);
const rates = [200, 1_000];
const seconds = 3;
const backlog = 50_000;

interface Broker {
  bootstrapServers: string;
  stop(): Promise<unknown>;
}

async function startEmbedded(...parameters: string[]): Promise<Broker> {
  const profile = process.env['PROFILE'];
  const execArgv = profile
    ? ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--cpu-prof-name=broker.cpuprofile']
    : [];
  const child = fork(path.join(compiledPrograms, 'broker-program.mjs'), parameters, { execArgv });
  const exited = once(child, 'exit');
  const [bootstrapServers] = await once(child, 'message');
  return {
    bootstrapServers: String(bootstrapServers),
    stop() {
      child.disconnect();
      return exited;
    },
  };
}

async function compile(): Promise<void> {
  await compilePrograms(['bare-producer', 'bare-consumer']);
  await build({
    entryPoints: [path.join(import.meta.dirname, 'broker-program.ts')],
    outfile: path.join(compiledPrograms, 'broker-program.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
}

const figures = new Map<string, number[]>();
const note = (side: string, figure: string, value: number): void => {
  const key = `${figure}\n${side}`;
  figures.set(key, [...(figures.get(key) ?? []), value]);
};

async function measure(side: string, bare: Bare): Promise<void> {
  for (const rate of rates) {
    const latencies = await bareLatencies(bare, rate, rate * seconds);
    for (const part of [0.5, 0.99]) note(side, `${rate}/s, p${part * 100} ms`, quantile(latencies, part));
  }
  note(side, 'events/s', await bareDrain(bare, backlog));
}

const folder = await mkdtemp(path.join(tmpdir(), 'bench-broker-'));
await compile();
const brokers = new Map<string, Broker>();
try {
  brokers.set('embedded, directory', await startEmbedded(path.join(folder, 'broker')));
  brokers.set('embedded, in memory', await startEmbedded());
  brokers.set('Apache Kafka', await startKafka());
  const sides = new Map<string, Bare>();
  for (const [side, { bootstrapServers }] of brokers) {
    const bare = await startBare('bare', bootstrapServers, 'bench.broker');
    await bareLatencies(bare, 200, 400);
    await bareDrain(bare, 20_000);
    sides.set(side, bare);
  }
  for (let round = 0; round < Number(rounds); round++) {
    for (const [side, bare] of sides) await measure(side, bare);
  }
  for (const { producer, consumer } of sides.values()) await Promise.all([producer.end(), consumer.end()]);
  const names = [...new Set([...figures.keys()].map((key) => key.split('\n')[0] ?? ''))];
  const shown = (values: number[] = []): string => {
    const value = median(values);
    return value < 100 ? value.toFixed(1) : value.toFixed(0);
  };
  console.log(`Node ${process.version}, ${cpus().length} cores, ${rounds} rounds\n`);
  printTable(
    ['', ...brokers.keys()],
    names.map((name) => [name, ...[...brokers.keys()].map((side) => shown(figures.get(`${name}\n${side}`)))]),
  );
} finally {
  for (const broker of brokers.values()) await broker.stop();
  await rm(folder, { recursive: true, force: true });
}
