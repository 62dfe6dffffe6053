import assert from 'node:assert/strict';
import { mock } from 'node:test';
import knexFactory from 'knex';
import { apiRouter, createHttpApp } from 'microservice-runtime/http';
import { createLogger } from 'microservice-runtime';
import { up } from '../../../src/runtime/tables/rate-limits.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { limitedRouter, rateLimit, startLimitedApp, type LimitedApp } from './limited-app.ts';

const statuses = async (answers: readonly Promise<Response>[]): Promise<number[]> =>
  (await Promise.all(answers)).map(({ status }) => status);
const times = <T>(number: number, work: () => T): T[] => Array.from({ length: number }, work);

describe('the rate limit of a route', () => {
  let home: TestDatabase;
  let app: LimitedApp;

  before(async () => {
    home = await createDatabase();
    const database = knexFactory({ client: 'pg', connection: home.url });
    await up(database);
    await database.destroy();
  });
  after(() => home.drop());
  beforeEach(async () => {
    app = await startLimitedApp(home.url);
    await app.database('rate_limits').delete();
  });
  afterEach(async () => {
    mock.timers.reset();
    await app.stop();
  });

  /** Sends the requests of one window in turn. */
  async function useUp(path: string, token?: string): Promise<void> {
    for (let sent = 0; sent < rateLimit.limit; sent += 1) await app.get(path, token);
  }

  it('admits its requests and counts them in the headers, then answers 429 with the time to wait', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const first = await app.get('/v1/codes', 'issuer.headers');
    assert.equal(first.status, 200);
    assert.equal(first.headers.get('ratelimit-policy'), '"principal";q=3;w=60');
    assert.equal(first.headers.get('ratelimit'), '"principal";r=2;t=60');
    assert.equal(first.headers.get('retry-after'), null);
    mock.timers.tick(20_500);
    await app.get('/v1/codes', 'issuer.headers');
    const last = await app.get('/v1/codes', 'issuer.headers');
    assert.equal(last.headers.get('ratelimit'), '"principal";r=0;t=40');

    const limited = await app.get('/v1/codes', 'issuer.headers');
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get('retry-after'), '40');
    assert.equal(limited.headers.get('ratelimit'), '"principal";r=0;t=40');
    assert.equal(limited.headers.get('content-type'), 'application/problem+json');
    assert.deepEqual(await limited.json(), {
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      detail: 'This operation accepts 3 requests of a caller in 60 s. Try again in 40 s.',
    });

    mock.timers.tick(39_499);
    assert.equal((await app.get('/v1/codes', 'issuer.headers')).headers.get('retry-after'), '1');
    mock.timers.tick(501);
    assert.equal((await app.get('/v1/codes', 'issuer.headers')).status, 200);
  });

  it('is shared by two replicas, also for requests at the same time', async () => {
    const replica = await startLimitedApp(home.url);
    try {
      const both = () => [app, replica].map((each) => each.get('/v1/codes', 'issuer.racing'));
      const accepted = (await statuses(times(10, both).flat())).filter((status) => status === 200);
      assert.equal(accepted.length, rateLimit.limit);
      assert.deepEqual(await statuses(both()), [429, 429]);
    } finally {
      await replica.stop();
    }
  });

  it('counts each route, each subject and each issuer on its own', async () => {
    await useUp('/v1/codes', 'issuer.ada');
    assert.equal((await app.get('/v1/codes', 'issuer.ada')).status, 429);
    const others = [
      app.get('/v1/codes', 'issuer.eve'),
      app.get('/v1/codes', 'other.ada'),
      app.get('/v1/codes/open', 'issuer.ada'),
      app.get('/v1/codes/unlimited', 'issuer.ada'),
    ];
    assert.deepEqual(await statuses(others), [200, 200, 200, 200]);
    const unlimited = await app.get('/v1/codes/unlimited', 'issuer.ada');
    assert.equal(unlimited.headers.get('ratelimit'), null);
  });

  it('counts a request that fails, but not one that the access of the route refuses to a principal', async () => {
    assert.deepEqual(
      await statuses(times(3, () => app.get('/v1/codes/fails', 'issuer.ada'))),
      [500, 500, 500],
    );
    assert.equal((await app.get('/v1/codes/fails', 'issuer.ada')).status, 429);
    assert.deepEqual(
      await statuses(times(4, () => app.get('/v1/codes/secret', 'issuer.ada'))),
      [403, 403, 403, 403],
    );
  });

  it('counts a request without a valid token for its address, and never for a principal', async () => {
    assert.deepEqual(await statuses([app.get('/v1/codes'), app.get('/v1/codes', 'nonsense')]), [401, 401]);
    const third = await app.get('/v1/codes', 'nonsense');
    assert.deepEqual([third.status, third.headers.get('ratelimit')?.slice(0, 13)], [401, '"address";r=0']);
    assert.equal((await app.get('/v1/codes', 'nonsense')).status, 429);
    const valid = await app.get('/v1/codes', 'issuer.ada');
    assert.equal(valid.status, 200);
    assert.match(valid.headers.get('ratelimit') ?? '', /^"principal";r=2;/);
  });

  it('is checked before the body is read', async () => {
    const post = () =>
      app.request('/v1/codes', {
        method: 'POST',
        headers: { authorization: 'Bearer issuer.ada', 'content-type': 'application/json' },
        body: '{',
      });
    assert.deepEqual(await statuses(times(3, post)), [400, 400, 400]);
    assert.equal((await post()).status, 429);
  });

  it('of a route for anyone counts addresses, which only a trusted proxy may state', async () => {
    const from = (address: string) => app.get('/v1/codes/open', undefined, { 'x-forwarded-for': address });
    await useUp('/v1/codes/open');
    assert.equal((await from('203.0.113.7')).status, 429);
    app.app.express.set('trust proxy', 1);
    try {
      assert.deepEqual(await statuses([from('203.0.113.7'), from('203.0.113.8')]), [200, 200]);
      const ports = ['198.51.100.9:1024', '198.51.100.9:1025', '198.51.100.9'].map(from);
      assert.deepEqual(await statuses(ports), [200, 200, 200]);
      assert.equal((await from('198.51.100.9:1026')).status, 429, 'a port is not a part of the address');
      const sameNetwork = ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:DB8::3'];
      assert.deepEqual(await statuses(sameNetwork.map(from)), [200, 200, 200]);
      assert.deepEqual(await statuses([from('2001:db8::4'), from('2001:db8:0:1::1')]), [429, 200]);
    } finally {
      app.app.express.set('trust proxy', false);
    }
  });

  it('stores neither subjects nor addresses', async () => {
    await app.get('/v1/codes', 'issuer.ada');
    await app.get('/v1/codes/open');
    const rows = await app.database('rate_limits').select<{ key: string }[]>('key');
    assert.equal(rows.length, 2);
    for (const { key } of rows) assert.match(key, /^[\w-]{43}$/);
  });

  it('counts the refused requests of each route in a metric', async () => {
    await useUp('/v1/codes/open');
    await statuses(times(2, () => app.get('/v1/codes/open')));
    const metrics = await (await app.request('/metrics')).text();
    assert.match(metrics, /^http_requests_limited_total\{method="GET",route="\/v1\/codes\/open"\} 2$/m);
    assert.doesNotMatch(metrics, /^http_requests_limit_unchecked_total\{/m);
  });

  it('is in the OpenAPI document, with its headers', () => {
    const document = JSON.parse(JSON.stringify(app.app.openapi));
    const { responses } = document.paths['/v1/codes'].get;
    assert.deepEqual(Object.keys(responses[200].headers), ['RateLimit-Policy', 'RateLimit']);
    assert.deepEqual(Object.keys(responses[429].headers), ['RateLimit-Policy', 'RateLimit', 'Retry-After']);
    assert.ok(responses[429].content['application/problem+json']);
    assert.equal(document.paths['/v1/codes/unlimited'].get.responses[429], undefined);
  });
});

describe('an app that cannot check the rate limit of a route', () => {
  it('is not created: the error names the route and the limiter', async () => {
    const database = knexFactory({ client: 'pg' });
    const options = {
      config: {},
      logger: createLogger({ serviceName: 'limited', logLevel: 'silent' }),
      info: { title: 'limited', version: '1.0.0' },
      routers: [limitedRouter()],
      database,
    };
    assert.throws(
      () => createHttpApp(options),
      /^Error: GET \/v1\/codes\/open has "rateLimit", but createHttpApp has no rateLimiter; pass createRateLimiter\(/,
    );
    await database.destroy();
  });

  it('refuses limits and windows that are not integers in their range', () => {
    const router = apiRouter({ path: '/v1/codes', tag: 'Codes' });
    for (const [limit, window] of [
      [0, 60],
      [1.5, 60],
      [10, 0],
      [10, 86_401],
      [Number.NaN, 60],
    ] as const) {
      const route = { summary: 'List', responses: { 200: null }, rateLimit: { limit, window } };
      assert.throws(
        () => router.get('/', route, () => undefined),
        new RegExp(
          `^Error: GET /v1/codes has the rateLimit \\{ limit: ${limit}, window: ${window} \\}; use a limit from 1`,
        ),
      );
    }
  });
});
