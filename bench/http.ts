import { loadavg } from 'node:os';
import type autocannon from 'autocannon';
import { createDatabase } from '../test/support/postgres.ts';
import { median, printTable } from './figures.ts';
import { features, without } from './http/ablation.ts';
import { compileSide, type CompiledSide } from './http/compile-sides.ts';
import { loadInTurns, startSide, type Figures, type Side } from './http/load.ts';
import { compilePeers, withPeers } from './http/peers.ts';
import { connect, createTables, createUsers } from './http/users.ts';

/**
 * A service on the runtime next to hand-written Express + knex, NestJS and Fastify, with the same SQL, pool and answers, in
 * one run: `npx tsx bench/http.ts [what] [rounds] [seconds]`. `what` is `get`, `post`, `publish` (a POST that also saves an event,
 * without the peers) or `list` (a page of 100 rows); `both`, the
 * default, is GET and POST; `ablate` prints the CPU time of each feature of a GET. Rounds are short and alternate, so other load
 * on the machine affects all sides; the figures are medians.
 */
const [what, rounds = 9, seconds = 2] = readArguments(process.argv.slice(2));

function readArguments([first = 'both', ...others]: string[]): [string, ...number[]] {
  return /^\d+$/.test(first)
    ? ['both', Number(first), ...others.map(Number)]
    : [first, ...others.map(Number)];
}

/** More than a page, so that a list has a next page. */
const ROWS = 150;
const body = JSON.stringify({ email: 'ada@example.org', displayName: 'Ada Lovelace', age: 36 });
const headers = { 'content-type': 'application/json' };

/** The requests by name; `id` is that of a row. */
const requestsOf = (id: string): Record<string, autocannon.Request> => ({
  get: { method: 'GET', path: `/v1/users/${id}` },
  post: { method: 'POST', path: '/v1/users', body, headers },
  publish: { method: 'POST', path: '/v1/published-users', body, headers },
  list: { method: 'GET', path: '/v1/users?limit=100' },
});

const own = { name: 'generated', source: 'generated.ts' };
const hand = { name: 'hand-written', source: 'hand-written.ts' };

const medianOf = (figures: readonly Figures[] = [], key: keyof Figures): number =>
  median(figures.map((each) => each[key]));

/** The median of the ratios of each pair. */
const ratioOf = (
  some: readonly Figures[] = [],
  others: readonly Figures[] = [],
  key: keyof Figures,
): string => median(some.map((each, round) => each[key] / (others[round]?.[key] ?? NaN))).toFixed(3);

function printSides(label: string, figures: ReadonlyMap<string, Figures[]>): void {
  const header = [
    '',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'CPU µs a request',
    'requests/s by hand',
    'CPU by hand',
  ];
  const byHand = figures.get(hand.name);
  const rows = Array.from(figures, ([name, all]) => [
    `${label} ${name}`,
    medianOf(all, 'rate').toFixed(0),
    String(medianOf(all, 'p50')),
    String(medianOf(all, 'p99')),
    medianOf(all, 'cpu').toFixed(0),
    ratioOf(all, byHand, 'rate'),
    ratioOf(all, byHand, 'cpu'),
  ]);
  printTable(header, rows);
  for (const peer of [...figures.keys()].filter((name) => name !== hand.name && name !== own.name))
    console.log(
      `generated / ${peer}: ${ratioOf(figures.get(own.name), figures.get(peer), 'rate')} of the requests/s`,
    );
  console.log();
}

function printAblation(figures: ReadonlyMap<string, Figures[]>): void {
  const whole = figures.get(own.name) ?? [];
  const saved = (some: readonly Figures[]) =>
    median(some.map(({ cpu }, round) => (whole[round]?.cpu ?? NaN) - cpu)).toFixed(1);
  const rows = Array.from(figures, ([name, all]) => [
    name,
    medianOf(all, 'rate').toFixed(0),
    medianOf(all, 'cpu').toFixed(1),
    saved(all),
    ratioOf(all, whole, 'rate'),
  ]);
  printTable(['GET', 'requests/s', 'CPU µs a request', 'µs saved', 'requests/s by generated'], rows);
}

/** Resolves to the id of one of the rows. */
async function fillDatabase(url: string): Promise<string> {
  const database = connect(url);
  await createTables(database);
  const users = createUsers(database);
  const user = await users.insert({ email: 'a@example.org', displayName: 'Ada', age: 36 });
  for (let row = 1; row < ROWS; row += 1)
    await users.insert({ email: `${row}@example.org`, displayName: `Ada ${row}`, age: row % 90 });
  await database.destroy();
  return user.id;
}

async function withSides(
  compiled: readonly CompiledSide[],
  work: (sides: readonly Side[], requests: Record<string, autocannon.Request>) => Promise<void>,
): Promise<void> {
  const { url, drop } = await createDatabase();
  const requests = requestsOf(await fillDatabase(url));
  const sides: Side[] = [];
  try {
    for (const each of compiled) sides.push(await startSide(each, url));
    await work(sides, requests);
  } finally {
    for (const { child } of sides) child.disconnect();
    await drop();
  }
}

async function compare(kinds: readonly string[]): Promise<void> {
  await withPeers(async (home) => {
    const compiled = [await compileSide(hand), await compileSide(own), ...(await compilePeers(home))];
    await withSides(compiled, async (sides, requests) => {
      for (const kind of kinds)
        printSides(kind, await loadInTurns(sides, requests[kind]!, { rounds, seconds, warmUp: 8 }));
    });
  });
}

/** Without the peers, which do not offer the request. */
async function compareByHand(kind: string): Promise<void> {
  await withSides([await compileSide(hand), await compileSide(own)], async (sides, requests) => {
    printSides(kind, await loadInTurns(sides, requests[kind]!, { rounds, seconds, warmUp: 8 }));
  });
}

async function ablate(): Promise<void> {
  const variants = features.map((feature) => ({
    ...own,
    name: `without ${feature.name}`,
    plugins: [without(feature)],
  }));
  const least = { ...own, name: 'without all of these', plugins: features.map(without) };
  const compiled = await Promise.all([hand, own, ...variants, least].map(compileSide));
  await withSides(compiled, async (sides, { get }) => {
    printAblation(await loadInTurns(sides, get!, { rounds, seconds, warmUp: 3 }));
  });
}

console.log(
  `Node ${process.version}, load average ${loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')}`,
);
if (what === 'ablate') await ablate();
else if (what === 'publish') await compareByHand(what);
else await compare(what === 'both' ? ['get', 'post'] : [what]);
