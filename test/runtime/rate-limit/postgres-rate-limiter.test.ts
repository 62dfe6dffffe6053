import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { connectDatabase, runInContext } from 'microservice-runtime';
import { createRateLimiter } from 'microservice-runtime/rate-limit';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { beginRequestWork } from '../../../src/runtime/database/request-work.ts';
import { createPruner } from '../../../src/runtime/rate-limit/pruner.ts';
import { createStore } from '../../../src/runtime/rate-limit/store.ts';
import { createCounter } from '../../../src/runtime/rate-limit/window-counters.ts';
import { down, up } from '../../../src/runtime/tables/rate-limits.ts';
import { startTcpProxy, type TcpProxy } from '../../faults/tcp-proxy.ts';
import { placeOf } from '../../support/forwarder.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { startLimitedApp } from './limited-app.ts';

const rateLimit = { limit: 2, window: 60 };
const hour = 3_600_000;

describe('the rate limiter in PostgreSQL', () => {
  let home: TestDatabase;
  let proxy: TcpProxy;
  let database: Knex;

  before(async () => {
    home = await createDatabase();
    proxy = await startTcpProxy(placeOf(home.url));
  });
  after(async () => {
    await proxy.close();
    await home.drop();
  });
  beforeEach(async () => {
    database = connect();
    await up(database);
  });
  afterEach(async () => {
    proxy.set({ kind: 'open' });
    await down(database);
    await database.destroy();
  });

  const connect = (databaseUrl = home.url) =>
    connectDatabase({ serviceName: 'limiter', databaseUrl, databasePoolMax: 4 });
  const proxied = (): string => {
    const url = new URL(home.url);
    url.searchParams.delete('host');
    url.host = `127.0.0.1:${proxy.port}`;
    return url.href;
  };

  it('admits requests while PostgreSQL is away, in a metric, and limits them again afterwards', async () => {
    const app = await startLimitedApp(proxied());
    try {
      proxy.set({ kind: 'cut' });
      const free = await app.get('/v1/codes/open');
      assert.deepEqual([free.status, free.headers.get('ratelimit')], [200, null]);
      const metrics = await (await app.request('/metrics')).text();
      assert.match(
        metrics,
        /^http_requests_limit_unchecked_total\{method="GET",route="\/v1\/codes\/open"\} 1$/m,
      );
      proxy.set({ kind: 'open' });
      await waitFor(async () => (await app.get('/v1/codes/open')).status === 429);
    } finally {
      await app.stop();
    }
  });

  it('admits a request if PostgreSQL does not answer in time, and logs one line per minute', async () => {
    const other = connect(proxied());
    const lines: string[] = [];
    const log = (_fields: unknown, message = '') => void lines.push(message);
    const limiter = createRateLimiter(other, { patience: 50, logger: { warn: log } });
    try {
      proxy.set({ kind: 'silent' });
      assert.equal(await limiter.consume('a', rateLimit), undefined);
      assert.equal(await limiter.consume('a', rateLimit), undefined);
      assert.deepEqual(lines, ['requests cannot be counted, so rate limits do not apply at the moment']);
    } finally {
      proxy.set({ kind: 'cut' });
      await other.destroy();
    }
  });

  it('counts a request whose client is gone', async () => {
    const limiter = createRateLimiter(database, { patience: 30_000 });
    const context = { requestId: 'r', correlationId: 'c', traceparent: '' };
    beginRequestWork(context).abandon();
    const state = await runInContext(context, () => limiter.consume('a', rateLimit));
    assert.equal(state?.remaining, 1);
  });

  it('refuses a caller over the limit without a statement', async () => {
    const other = connect(proxied());
    const limiter = createRateLimiter(other, { patience: 30_000 });
    try {
      for (let sent = 0; sent < 2; sent += 1) await limiter.consume('a', rateLimit);
      proxy.set({ kind: 'cut' });
      assert.equal((await limiter.consume('a', rateLimit))?.isAllowed, false);
      assert.equal(await limiter.consume('b', rateLimit), undefined);
    } finally {
      await other.destroy();
    }
  });

  it('remembers a limited number of callers over the limit, and refuses the forgotten ones too', async () => {
    let statements = 0;
    const store = createStore(database);
    const counting: typeof store = {
      query(query) {
        statements += 1;
        return store.query(query);
      },
    };
    const count = createCounter({ limit: 1, window: 60 }, { store: counting, mostRemembered: 2 });
    const refused = async (key: string) => !(await count(key)).isAllowed;
    for (const key of ['a', 'b']) await count(key);
    assert.deepEqual([await refused('a'), await refused('b'), statements], [true, true, 2]);
    await count('c'); // the third: all three are forgotten
    assert.deepEqual([await refused('a'), await refused('a'), statements], [true, true, 4]);
  });

  it('prepares no statement, so a pooler can be used', async () => {
    const session = connectDatabase({ serviceName: 'one', databaseUrl: home.url, databasePoolMax: 1 });
    try {
      await createRateLimiter(session, { patience: 30_000 }).consume('a', rateLimit);
      const { rows } = await session.raw<{ rows: object[] }>('select name from pg_prepared_statements');
      assert.deepEqual(rows, []);
    } finally {
      await session.destroy();
    }
  });

  it('counts requests at the same time where transactions are serializable by default', async () => {
    const strict = await createDatabase('serializable');
    const replicas = [connect(strict.url), connect(strict.url)];
    try {
      for (const each of replicas.slice(0, 1)) await up(each);
      const limiters = replicas.map((each) => createRateLimiter(each, { patience: 30_000 }));
      const sent = Array.from({ length: 8 }, () => limiters.map((each) => each.consume('a', rateLimit)));
      const states = await Promise.all(sent.flat());
      assert.equal(states.filter((state) => state?.isAllowed === true).length, 2);
      assert.equal(states.filter((state) => state?.isAllowed === false).length, 14);
    } finally {
      for (const each of replicas) await each.destroy();
      await strict.drop();
    }
  });

  it('deletes rows an hour after their windows, at most once in a minute', async () => {
    const start = Date.now();
    let now = start;
    const prune = createPruner(database, () => now);
    const insert = (from: number, number: number, expire: number) =>
      database.raw(`insert into rate_limits select 'k' || n, 1, ? from generate_series(?::int, ?::int) n`, [
        expire,
        from,
        from + number - 1,
      ]);
    await insert(0, 2_500, start - hour - 1);
    await insert(5_000, 1, start - hour + 1_000);
    await prune();
    const keys = () => database('rate_limits').pluck('key');
    assert.deepEqual(await keys(), ['k5000']);
    now += 59_000;
    await prune();
    assert.deepEqual(await keys(), ['k5000']);
    now += 1_000;
    await prune();
    assert.deepEqual(await keys(), []);
  });

  it('without its table fails each request and readiness, and names the migration', async () => {
    await down(database);
    const remedy =
      /table rate_limits is missing; add a migration with "export \{ down, up \} from 'microservice-runtime\/tables\/rate-limits';"/;
    const limiter = createRateLimiter(database, { patience: 30_000 });
    await assert.rejects(limiter.consume('a', rateLimit), remedy);
    const app = await startLimitedApp(home.url);
    try {
      assert.equal((await app.get('/v1/codes/open')).status, 500);
      assert.match(
        await (await app.request('/health/ready')).text(),
        /"rate limit":"the table rate_limits is missing/,
      );
      await up(database);
      assert.match(await (await app.request('/health/ready')).text(), /"rate limit":"ok"/);
    } finally {
      await app.stop();
    }
  });
});
