import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../src/devkit/postgres/postgres.ts';
import { startKafka } from '../test/support/kafka.ts';
import { median, printTable, quantile } from './figures.ts';
import { withPackages } from './packages.ts';
import { compileSides, peers, startServices, startWorkflow, type Side, type Urls } from './sagas/sides.ts';

/**
 * A saga of three steps next to the same messages without a saga, and to a durable workflow of three steps, on one PostgreSQL, in
 * turns: `npx tsx bench/sagas.ts [rounds] [sagas] [rate]`. It starts `sagas` at once, then `rate` a second for 3 seconds.
 */
const [rounds = 3, sagas = 300, rate = 10] = process.argv.slice(2).map(Number);
const SECONDS = 3;
const CONCURRENCY = 10;

interface Figures {
  throughput: number;
  cpu: number;
  latencies: number[];
}

async function measure(side: Side): Promise<Figures> {
  const before = await side.cpu();
  const burst = await side.orders.ask('burst', CONCURRENCY, sagas);
  const cpu = ((await side.cpu()) - before) / sagas;
  const seconds = (Math.max(...burst.ended) - Math.min(...burst.placed)) / 1_000;
  const paced = await side.orders.ask('atRate', rate, rate * SECONDS);
  const latencies = paced.ended.map((at, index) => at - (paced.placed[index] ?? Number.NaN));
  return { throughput: sagas / seconds, cpu, latencies };
}

async function measureInTurns(sides: ReadonlyMap<string, Side>): Promise<Map<string, Figures[]>> {
  const figures = new Map<string, Figures[]>();
  for (const side of sides.values()) await measure(side); // warms up
  for (let round = 0; round < rounds; round += 1)
    for (const [name, side] of round % 2 === 0 ? sides : [...sides].toReversed())
      figures.set(name, [...(figures.get(name) ?? []), await measure(side)]);
  return figures;
}

function print(figures: ReadonlyMap<string, Figures[]>): void {
  const rows = [...figures].map(([name, all]) => {
    const latencies = all.flatMap((each) => each.latencies);
    const cells = [
      median(all.map(({ throughput }) => throughput)).toFixed(0),
      quantile(latencies, 0.5).toFixed(0),
      quantile(latencies, 0.99).toFixed(0),
      median(all.map(({ cpu }) => cpu)).toFixed(2),
    ];
    return [name, ...cells];
  });
  printTable(['', 'sagas/s', 'p50 ms', 'p99 ms', 'CPU ms a saga'], rows);
}

const folder = await mkdtemp(path.join(tmpdir(), 'bench-sagas-'));
const databases = ['saga-1', 'saga-2', 'handlers-1', 'handlers-2', 'workflow-1', 'workflow-2'];
const postgres = await startPostgres({ directory: folder, databases });
const kafka = await startKafka();
const urlsOf = (side: string): Urls => [postgres.url(`${side}-1`), postgres.url(`${side}-2`)];
try {
  await withPackages(peers, async (home) => {
    await compileSides(home);
    const { bootstrapServers } = kafka;
    const sides = new Map([
      ['saga', await startServices('saga', urlsOf('saga'), bootstrapServers)],
      ['the same messages, no saga', await startServices('handlers', urlsOf('handlers'), bootstrapServers)],
      [`@dbos-inc/dbos-sdk ${peers['@dbos-inc/dbos-sdk']}`, await startWorkflow(home, urlsOf('workflow'))],
    ]);
    const load = loadavg()[0]?.toFixed(1);
    console.log(`Node ${process.version}, ${cpus().length} cores, load average ${load}, ${rounds} rounds\n`);
    print(await measureInTurns(sides));
    await Promise.all([...sides.values()].map((side) => side.end()));
  });
} finally {
  await kafka.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
