import assert from 'node:assert/strict';
import express from 'express';
import joi from 'joi';
import { Histogram, Registry } from 'prom-client';
import type { Knex } from 'knex';
import { connectDatabase, currentContext, UnavailableError } from 'microservice-runtime';
import { apiRouter, type HttpAppOptions } from 'microservice-runtime/http';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { down, up } from './fixture/migrations/20260101000000_users.ts';
import { startApp, type StartedApp } from './start-app.ts';
import { createUserRouter } from './user-router.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

const authenticate: express.RequestHandler = (_req, res) => void res.status(401).end();

const ready = async ({ request }: StartedApp) => {
  const response = await request('/health/ready');
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const check = () => Promise.reject(new Error('the licence has ended'));

describe('createHttpApp', () => {
  let home: TestDatabase;
  let database: Knex;
  const running: StartedApp[] = [];

  before(async () => {
    home = await createDatabase();
    database = connectDatabase({ serviceName: 'user-service', databaseUrl: home.url, databasePoolMax: 4 });
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map(({ server }) => server.stop()));
  });

  after(async () => {
    await database.destroy();
    await home.drop();
  });

  const start = async (options: Partial<Parameters<typeof startApp>[0]> = {}) => {
    const started = await startApp({ database, routers: [oddities()], ...options });
    running.push(started);
    return started;
  };
  const withApp = (app: Partial<HttpAppOptions>) => start({ app });

  /** Routes that fail in the ways that handlers fail. */
  function oddities() {
    const router = apiRouter({ path: '/odd', tag: 'Odd' });
    const answers = { responses: { 200: null } };
    router.get('/rejects', { summary: 'Reject', ...answers }, async () => {
      await database.raw('select * from secrets');
    });
    router.get('/throws', { summary: 'Throw', ...answers }, () => {
      throw new TypeError('password is hunter2');
    });
    router.get('/elsewhere', { summary: 'Fail elsewhere', ...answers }, () => {
      throw Object.assign(new Error('secrets of another service'), { status: 404 });
    });
    router.get('/unavailable', { summary: 'Be unavailable', ...answers }, () => {
      throw new UnavailableError('The bank does not answer');
    });
    router.get('/half', { summary: 'Stop half-way', ...answers }, (_req, res) => {
      res.write('half');
      throw new Error('no more');
    });
    router.post('/echo', { summary: 'Echo', body: joi.object().unknown(), ...answers }, (_req, res) => {
      res.json(currentContext());
    });
    return router;
  }

  it('sends the headers of helmet and nothing about Express', async () => {
    const { headers } = await (await start()).request('/odd/throws');
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-powered-by'), null);
  });

  it('never reveals the cause of a 500, and logs it with the ids of the request', async () => {
    const { request, lines } = await start();
    for (const path of ['/odd/throws', '/odd/rejects', '/odd/elsewhere']) {
      const response = await request(path, { headers: { 'x-request-id': `r-${path}` } });
      assert.equal(response.status, 500);
      assert.equal(
        await response.text(),
        '{"type":"about:blank","title":"Internal Server Error","status":500}',
      );
      const line = lines.find(({ level, request_id }) => level === 'error' && request_id === `r-${path}`);
      assert.match(JSON.stringify(line?.['err']), /hunter2|secrets/);
    }
  });

  it('answers 503 with Retry-After when something is unavailable', async () => {
    const response = await (await start()).request('/odd/unavailable');
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '1');
    assert.match(await response.text(), /The bank does not answer/);
  });

  it('cuts the connection of a response that fails halfway, so that clients see it as incomplete', async () => {
    const { request } = await start();
    await assert.rejects(async () => (await request('/odd/half')).text());
  });

  it('logs one line for each request, with route, status, time and ids', async () => {
    const { request, lines } = await start({ routers: [createUserRouter(database)] });
    const headers = { 'x-request-id': 'abc', traceparent: `00-${trace}-00f067aa0ba902b7-01` };
    const response = await request('/v1/users/7?token=secret', { headers });
    assert.equal(response.headers.get('x-request-id'), 'abc');
    const [line, ...others] = lines.filter(({ msg }) => msg === 'request');
    assert.equal(others.length, 0);
    const { duration_ms, span_id, time, ...rest } = line as Record<string, unknown>;
    assert.ok(typeof duration_ms === 'number' && duration_ms >= 0);
    assert.match(String(span_id), /^(?!00f067aa0ba902b7)[0-9a-f]{16}$/);
    assert.ok(time);
    assert.deepEqual(rest, {
      level: 'info',
      service: 'user-service',
      request_id: 'abc',
      correlation_id: 'abc',
      trace_id: trace,
      method: 'GET',
      path: '/v1/users/7',
      route: '/v1/users/:id',
      status: 400,
      msg: 'request',
    });
  });

  it('replaces a request id that could break a log, and keeps the new one after the body is read', async () => {
    const { request } = await start();
    const headers = {
      'content-type': 'application/json',
      'x-request-id': 'a b"c',
      'x-correlation-id': 'order-7',
    };
    const response = await request('/odd/echo', { method: 'POST', body: '{"a":1}', headers });
    const context = (await response.json()) as Record<string, string>;
    assert.match(context['requestId'] ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(response.headers.get('x-request-id'), context['requestId']);
    assert.equal(context['correlationId'], 'order-7');
    assert.match(context['traceparent'] ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('lets authenticate guard the routers and nothing else', async () => {
    const { request } = await withApp({ authenticate });
    assert.equal((await request('/odd/throws')).status, 401);
    assert.equal((await request('/health/live')).status, 200);
    assert.equal((await request('/docs')).status, 200);
  });

  describe('GET /health/ready', () => {
    it('is ready when the database answers and has its schema, and shows the state of the bus', async () => {
      const bus = { status: () => ({ kafka: 'down' }), healthy: () => true };
      const started = await withApp({ bus });
      const before = await ready(started);
      assert.equal(before.status, 503);
      assert.match(JSON.stringify(before.body['checks']), /not migrated: 20260101000000_users/);
      await up(database);
      await database.schema.createTable('knex_migrations', (table) => table.text('name'));
      await database('knex_migrations').insert({ name: '20260101000000_users' });
      assert.deepEqual(await ready(started), {
        status: 200,
        body: {
          status: 'ready',
          phase: 'running',
          checks: { database: 'ok', schema: 'ok' },
          bus: { kafka: 'down' },
        },
      });
      await database.schema.dropTable('knex_migrations');
      await down(database);
      assert.equal((await ready(started)).status, 200, 'the schema is not asked for again');
      started.app.state.drain();
      assert.equal((await ready(started)).status, 503, 'a server that drains is not ready');
    });

    it('is not ready when the database is unreachable, or a check of the service fails', async () => {
      const databaseUrl = 'postgres://nobody:hunter2@127.0.0.1:1/nothing';
      const lost = connectDatabase({ serviceName: 'user-service', databaseUrl, databasePoolMax: 1 });
      const started = await withApp({ database: lost, checks: [{ name: 'licence', check }] });
      const { status, body } = await ready(started);
      assert.equal(status, 503);
      assert.match(
        JSON.stringify(body),
        /"database":"connect ECONNREFUSED.*"licence":"the licence has ended"/,
      );
      assert.doesNotMatch(JSON.stringify(body), /hunter2/);
      await lost.destroy();
    });
  });

  it('is not live when the bus cannot recover', async () => {
    const { request } = await withApp({ bus: { status: () => 'stuck', healthy: () => false } });
    const response = await request('/health/live');
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { status: 'not live', bus: 'stuck' });
  });

  it('answers 503 while the database is unreachable', async () => {
    const databaseUrl = 'postgres://nobody:hunter2@127.0.0.1:1/nothing';
    const lost = connectDatabase({ serviceName: 'user-service', databaseUrl, databasePoolMax: 1 });
    const { request } = await start({ routers: [createUserRouter(lost)] });
    const response = await request('/v1/users');
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '1');
    assert.match(
      await response.text(),
      /The database, or another system that this request needs, does not answer/,
    );
    await lost.destroy();
  });

  it('measures requests by route, and prints the metrics of the bus too', async () => {
    const registry = new Registry();
    new Histogram({ name: 'microservice_relay_seconds', help: 'relay', registers: [registry] }).observe(1);
    const { request } = await withApp({ bus: { status: () => ({}), healthy: () => true, registry } });
    await request('/odd/throws');
    await request('/nowhere/1');
    const text = await (await request('/metrics')).text();
    assert.match(
      text,
      /http_request_duration_seconds_count\{method="GET",route="\/odd\/throws",status="500"\} 1/,
    );
    assert.match(text, /http_request_duration_seconds_count\{method="GET",route="",status="404"\} 1/);
    assert.match(text, /process_cpu_user_seconds_total/);
    assert.match(text, /microservice_relay_seconds_count 1/);
  });

  it('answers health and metrics only on the management port if it is set', async () => {
    const { request, server } = await start({ config: { managementPort: 0 } });
    assert.notEqual(server.managementUrl, server.url);
    assert.equal((await request('/health/live')).status, 404);
    assert.equal((await request('/metrics')).status, 404);
    assert.equal((await fetch(`${server.managementUrl}/health/live`)).status, 200);
    assert.equal((await fetch(`${server.managementUrl}/metrics`)).status, 200);
    assert.equal((await fetch(`${server.managementUrl}/odd/throws`)).status, 404);
  });

  it('answers GET / with the name of the service and the paths to start from', async () => {
    const { request, send } = await start({ routers: [createUserRouter(database), oddities()] });
    const response = await request('/');
    const body = (await response.json()) as { paths: string[] } & Record<string, string>;
    assert.deepEqual(
      { status: response.status, body },
      {
        status: 200,
        body: {
          service: 'user-service',
          version: '1.0.0',
          description: 'Users',
          docs: '/docs',
          openapi: '/openapi.json',
          health: '/health/ready',
          metrics: '/metrics',
          paths: ['/v1/users', '/odd'],
        },
      },
    );
    assert.deepEqual((await send('POST', '/', {})).status, 405);
  });

  it('names neither health nor metrics in GET / if they are on the management port', async () => {
    const { request } = await start({ config: { managementPort: 0 } });
    const body = (await (await request('/')).json()) as Record<string, unknown>;
    assert.deepEqual([body['health'], body['metrics']], [undefined, undefined]);
  });

  it('leaves / to a router of the service', async () => {
    const router = apiRouter({ path: '/', tag: 'Home' });
    router.post('/', { summary: 'Greet', responses: { 200: null } }, (_req, res) => void res.json('hello'));
    const { request, send } = await start({ routers: [router] });
    assert.equal((await send('POST', '/', {})).status, 200);
    const refused = await request('/');
    assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'POST, OPTIONS']);
  });

  it('logs its own pages at debug only', async () => {
    const { request, lines } = await start();
    await request('/health/live');
    await request('/metrics');
    await request('/odd/throws');
    assert.deepEqual(
      lines.filter(({ msg }) => msg === 'request').map(({ path }) => path),
      ['/odd/throws'],
    );
  });
});
