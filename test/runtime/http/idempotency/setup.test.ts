import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import knex from 'knex';
import { createLogger } from 'microservice-runtime';
import { apiRouter, createHttpApp } from 'microservice-runtime/http';
import { readEnvironment } from '../../../../src/runtime/config/read-environment.ts';
import { up as createKeysTable } from '../../../../src/runtime/tables/idempotency-keys.ts';
import { createOutboxDatabase } from '../../events/outbox-fixture.ts';
import { startApp } from '../start-app.ts';
import { createOrderRouter } from './order-router.ts';

const route = { summary: 'Create an order', responses: { 201: null } } as const;
const info = { title: 'orders', version: '1.0.0' };

interface Documented {
  parameters: { name: string; required: boolean }[];
  responses: Record<string, { headers?: object }>;
}

describe('a route with idempotency', () => {
  const database = knex({ client: 'pg' });
  const logger = createLogger({ serviceName: 'orders', logLevel: 'silent' });
  const create = (config: { nodeEnv?: string; idempotencySecret?: string }) =>
    createHttpApp({ config, logger, info, routers: [createOrderRouter(database)], database });

  it('needs IDEMPOTENCY_SECRET in production only', () => {
    assert.throws(
      () => create({ nodeEnv: 'production' }),
      /IDEMPOTENCY_SECRET is not set.*openssl rand -hex 32/,
    );
    create({ nodeEnv: 'production', idempotencySecret: 'a long random text' });
    create({ nodeEnv: 'development' });
    const routers = [apiRouter({ path: '/v1/things', tag: 'Things' })];
    createHttpApp({ config: { nodeEnv: 'production' }, logger, info, routers, database });
  });

  it('refuses a short IDEMPOTENCY_SECRET, and does not show it', () => {
    const environment = {
      SERVICE_NAME: 'orders',
      DATABASE_URL: 'postgres://localhost/o',
      IDEMPOTENCY_SECRET: 'abc1',
    };
    assert.throws(
      () => readEnvironment(environment),
      (error: Error) =>
        /IDEMPOTENCY_SECRET \(value not shown\) must have at least 16 characters/.test(error.message) &&
        !error.message.includes('abc1'),
    );
  });

  it('is a POST, whose handler takes the transaction', () => {
    const router = apiRouter({ path: '/v1/orders', tag: 'Orders' });
    assert.throws(
      () => router.put('/', { ...route, idempotency: 'optional' }, async (_req, _res, _trx) => undefined),
      /PUT \/v1\/orders has idempotency, which only a POST can have/,
    );
    assert.throws(
      () => router.post('/', { ...route, idempotency: 'optional' }, async (_req, _res) => undefined),
      /its handler takes no transaction; declare it as \(req, res, trx\)/,
    );
  });

  it('documents the header, its problems and the header of a stored answer', () => {
    const { paths } = create({}).openapi as { paths: Record<string, { post: Documented }> };
    for (const [path, required] of [
      ['/v1/orders', false],
      ['/v1/orders/keyed', true],
    ] as const) {
      const { parameters = [], responses = {} } = paths[path]?.post ?? {};
      const [key] = parameters.filter(({ name }) => name === 'Idempotency-Key');
      assert.equal(key?.required, required);
      for (const status of ['400', '409', '422']) assert.ok(responses[status], status);
      assert.deepEqual(Object.keys(responses['201']?.headers ?? {}), ['ETag', 'Idempotency-Replayed']);
    }
  });

  it('makes the service not ready while its table is missing, and names the migration', async () => {
    const world = await createOutboxDatabase();
    await migrated(world.database);
    const routers = [createOrderRouter(world.database)];
    const { server, request } = await startApp({ database: world.database, routers });
    try {
      const missing = await request('/health/ready');
      assert.equal(missing.status, 503);
      assert.match(await missing.text(), /microservice-runtime\/tables\/idempotency-keys/);
      await createKeysTable(world.database);
      assert.equal((await request('/health/ready')).status, 200);
    } finally {
      await server.stop();
      await world.close();
    }
  });

  it('refuses a handler that resolves without an answer, and one that streams', async () => {
    const world = await createOutboxDatabase();
    await createKeysTable(world.database);
    const router = apiRouter({ path: '/v1/orders', tag: 'Orders' });
    router.post('/silent', { ...route, idempotency: 'required' }, async (_req, _res, _trx) => undefined);
    router.post('/stream', { ...route, idempotency: 'required' }, async (_req, res, _trx) => res.write('a'));
    const { server, request, lines } = await startApp({ database: world.database, routers: [router] });
    try {
      for (const [path, message] of [
        ['silent', 'without an answer'],
        ['stream', 'send its answer at once'],
      ]) {
        const headers = { 'idempotency-key': 'k' };
        assert.equal((await request(`/v1/orders/${path}`, { method: 'POST', headers })).status, 500);
        assert.match(JSON.stringify(lines.at(-2)) + JSON.stringify(lines.at(-1)), new RegExp(message ?? ''));
      }
    } finally {
      await server.stop();
      await world.close();
    }
  });
});

/** The migrations of the fixture have run. */
async function migrated(database: Knex): Promise<void> {
  await database.schema.createTable('knex_migrations', (table) => table.text('name'));
  await database('knex_migrations').insert({ name: '20260101000000_users' });
}
