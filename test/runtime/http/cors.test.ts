import assert from 'node:assert/strict';
import type { RequestHandler } from 'express';
import knex from 'knex';
import { ConfigError, readEnvironment } from 'microservice-runtime';
import { startApp, type StartedApp } from './start-app.ts';
import { createUserRouter } from './user-router.ts';

const shop = 'https://shop.example.com';
const refuseAll: RequestHandler = (_req, res) => void res.status(401).end();

/** The protocol: https://fetch.spec.whatwg.org/#http-cors-protocol */
describe('CORS', () => {
  const database = knex({ client: 'pg' });
  let started: StartedApp;

  const start = async (origins: readonly string[], credentials = false, authenticate?: RequestHandler) => {
    started = await startApp({
      database,
      routers: [createUserRouter(database)],
      config: { http: { cors: { origins, credentials } } },
      app: { authenticate },
    });
  };
  const preflight = (origin: string) =>
    started.request('/v1/users/7', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type,if-match',
      },
    });
  const corsHeaders = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => /^access-control-|^vary$/.test(name)));

  afterEach(() => started.server.stop());

  for (const authenticate of [undefined, refuseAll]) {
    it(`answers a preflight${authenticate ? ' before authentication' : ''}`, async () => {
      await start([shop, 'http://localhost:5173'], false, authenticate);
      const response = await preflight(shop);
      assert.equal(response.status, 204);
      assert.deepEqual(corsHeaders(response), {
        'access-control-allow-origin': shop,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'authorization,content-type,if-match',
        'access-control-max-age': '600',
        vary: 'origin, access-control-request-headers',
      });
    });
  }

  it('lets the pages of an origin read every answer, problems too, and the headers that clients need', async () => {
    await start([shop], false, refuseAll);
    for (const [path, status] of [
      ['/v1/users/7', 401],
      ['/nowhere', 404],
      ['/openapi.json', 200],
    ] as const) {
      const response = await started.request(path, { headers: { origin: shop } });
      assert.equal(response.status, status);
      assert.deepEqual(corsHeaders(response), {
        'access-control-allow-origin': shop,
        'access-control-expose-headers':
          'accept-patch, allow, etag, event-id, location, ratelimit, ratelimit-policy, retry-after, stale, www-authenticate, x-request-id',
        vary: 'origin',
      });
    }
  });

  it('allows no other origin, and keeps caches from mixing them up', async () => {
    await start([shop]);
    for (const origin of [
      'https://evil.example.com',
      `${shop}.evil.com`,
      'null',
      'http://shop.example.com',
    ]) {
      const asked = await preflight(origin);
      assert.equal(asked.status, 204);
      assert.equal(asked.headers.get('access-control-allow-origin'), null);
      const response = await started.request('/openapi.json', { headers: { origin } });
      assert.deepEqual(corsHeaders(response), { vary: 'origin' });
    }
    assert.deepEqual(corsHeaders(await started.request('/openapi.json')), { vary: 'origin' });
  });

  it('allows credentials to named origins on request', async () => {
    await start([shop], true);
    for (const response of [
      await preflight(shop),
      await started.request('/openapi.json', { headers: { origin: shop } }),
    ])
      assert.equal(response.headers.get('access-control-allow-credentials'), 'true');
  });

  it('allows every origin with "*", with the same answer to each', async () => {
    await start(['*']);
    const response = await started.request('/openapi.json', { headers: { origin: shop } });
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.equal(response.headers.get('vary'), null);
    assert.equal((await preflight(shop)).headers.get('access-control-allow-origin'), '*');
  });

  it('is off by default', async () => {
    started = await startApp({ database, routers: [createUserRouter(database)] });
    const response = await preflight(shop);
    assert.deepEqual(corsHeaders(response), {});
    assert.match(response.headers.get('allow') ?? '', /PATCH/);
  });

  it('passes an OPTIONS that is not a preflight on', async () => {
    await start([shop]);
    const options = await started.request('/v1/users', { method: 'OPTIONS', headers: { origin: shop } });
    assert.match(options.headers.get('allow') ?? '', /POST/);
  });
});

describe('the settings of CORS', () => {
  const minimal = {
    SERVICE_NAME: 'user-service',
    DATABASE_URL: 'postgres://user@localhost:5432/user',
    KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092',
  };
  const corsOf = (origins: string, credentials = '') =>
    readEnvironment({ ...minimal, CORS_ORIGINS: origins, CORS_CREDENTIALS: credentials }).http.cors;
  const faultsOf = (origins: string, credentials = '') => {
    try {
      corsOf(origins, credentials);
      return [];
    } catch (error) {
      return error instanceof ConfigError ? error.faults : [String(error)];
    }
  };

  it('are a list of origins, and whether credentials are allowed', () => {
    assert.equal(corsOf(''), undefined);
    assert.deepEqual(corsOf(`${shop}, http://localhost:5173`, 'true'), {
      origins: [shop, 'http://localhost:5173'],
      credentials: true,
    });
    assert.equal(corsOf('', 'true'), undefined);
    assert.deepEqual(corsOf('*'), { origins: ['*'], credentials: false });
  });

  it('are checked, since a browser compares origins letter by letter', () => {
    const rule =
      'must be "*" or comma-separated origins as browsers send them, such as https://shop.example.com';
    for (const wrong of [
      'shop.example.com',
      `${shop}/`,
      `${shop}/app`,
      'https://Shop.example.com',
      'https://shop.example.com:443',
      `*,${shop}`,
      'null',
      'https://*.example.com',
    ])
      assert.deepEqual(faultsOf(wrong), [`CORS_ORIGINS is ${JSON.stringify(wrong)}: ${rule}`]);
    assert.deepEqual(faultsOf('*', 'true'), [
      'CORS_CREDENTIALS (value not shown) cannot be true with CORS_ORIGINS=*; name the origins',
    ]);
  });
});
