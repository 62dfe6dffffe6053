import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { build } from 'esbuild';
import { createDatabase } from '../test/support/postgres.ts';
import { connect, createTable, createUsers } from './http/users.ts';

const compiled = join(import.meta.dirname, '..', 'node_modules', '.cache', 'bench-http');

/** Compiles both sides: tsx wraps every function that a request creates, which production does not do. */
const compileSides = () =>
  build({
    entryPoints: [join(import.meta.dirname, 'http', 'side.ts')],
    outdir: compiled,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });

/**
 * Measures requests per second of a service on the runtime next to hand-written Express + knex with the same SQL and the same
 * answers, in one run: `npx tsx bench/http.ts [rounds] [seconds]`. Rounds are short and alternate, so other load on the
 * machine affects both; the figures are medians.
 */
const [rounds = 25, seconds = 1] = process.argv.slice(2).map(Number);
const connections = 32;
const body = JSON.stringify({ email: 'ada@example.org', displayName: 'Ada Lovelace', age: 36 });
const headers = { 'content-type': 'application/json' };

interface Side {
  name: string;
  url: string;
  child: ChildProcess;
}

interface Figures {
  rate: number;
  p50: number;
  p99: number;
  /** CPU time of the server for one request, in microseconds. */
  cpu: number;
}

async function startSide(name: string, databaseUrl: string): Promise<Side> {
  const log = openSync(join(tmpdir(), `bench-http-${name}.log`), 'w');
  const child = fork(join(compiled, 'side.mjs'), [name, databaseUrl], {
    execArgv: [],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', log, 'inherit', 'ipc'],
  });
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`${name} did not start`)));
  const [url] = (await Promise.race([once(child, 'message'), failed])) as [string];
  failed.catch(() => undefined);
  return { name, url, child };
}

async function cpuTime({ child }: Side): Promise<number> {
  child.send('cpu');
  const [time] = (await once(child, 'message')) as [number];
  return time;
}

async function load(side: Side, requests: autocannon.Request[], duration = seconds): Promise<Figures> {
  const begun = await cpuTime(side);
  const result = await autocannon({ url: side.url, connections, duration, requests });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${side.name}: ${result.non2xx} bad answers, ${result.errors} errors`);
  }
  const used = (await cpuTime(side)) - begun;
  const { p50, p99 } = result.latency;
  return { rate: result.requests.total / result.duration, p50, p99, cpu: used / result.requests.total };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function compare(label: string, sides: readonly Side[], requests: autocannon.Request[]): Promise<void> {
  const figures = new Map<Side, Figures[]>(sides.map((side) => [side, []]));
  for (const side of sides) await load(side, requests, 8);
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      figures.get(side)?.push(await load(side, requests));
    }
  }
  for (const [side, all] of figures) {
    const of = (key: keyof Figures) => median(all.map((each) => each[key]));
    console.log(
      `${label}  ${side.name.padEnd(12)} ${of('rate').toFixed(0).padStart(6)} requests/s   p50 ${of('p50')} ms   ` +
        `p99 ${of('p99')} ms   ${of('cpu').toFixed(0)} µs CPU a request`,
    );
  }
  const [hand = [], generated = []] = sides.map((side) => figures.get(side) ?? []);
  const ratio = (key: keyof Figures) =>
    median(generated.map((each, index) => each[key] / (hand[index]?.[key] ?? NaN))).toFixed(3);
  console.log(
    `${label}  generated / hand-written: ${ratio('rate')} of the requests/s, ` +
      `${ratio('cpu')} of the CPU time (medians of ${rounds} pairs)\n`,
  );
}

await compileSides();
const { url, drop } = await createDatabase();
const database = connect(url);
await createTable(database);
const user = await createUsers(database).insert({ email: 'a@example.org', displayName: 'Ada', age: 36 });
await database.destroy();
const sides = [await startSide('hand-written', url), await startSide('generated', url)];
try {
  await compare('GET ', sides, [{ method: 'GET', path: `/v1/users/${user.id}` }]);
  await compare('POST', sides, [{ method: 'POST', path: '/v1/users', body, headers }]);
} finally {
  for (const { child } of sides) child.disconnect();
  await drop();
}
