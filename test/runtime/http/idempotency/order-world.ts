import type { Knex } from 'knex';
import { UnauthorizedError } from 'microservice-runtime';
import type { HttpAppOptions } from 'microservice-runtime/http';
import { up as createKeysTable } from '../../../../src/runtime/tables/idempotency-keys.ts';
import { createOutboxDatabase } from '../../events/outbox-fixture.ts';
import { startApp, type StartedApp } from '../start-app.ts';
import { createOrderRouter, type During } from './order-router.ts';

interface Answered {
  status: number;
  text: string;
  headers: Headers;
}

/** Two replicas of a service whose POST /v1/orders saves an order and its event. */
export interface OrderWorld {
  url: string;
  database: Knex;
  replicas: StartedApp[];
  /** Runs inside of each handler. */
  during: During;
  /** Sends an order to a replica. */
  post(order: unknown, options?: PostOptions): Promise<Answered>;
  /** The numbers of orders, of events and of stored answers. */
  counts(): Promise<[orders: number, events: number, answers: number]>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

interface PostOptions {
  key?: string;
  /** The bearer token, which names its issuer and subject: `login ada`. */
  token?: string;
  replica?: number;
  path?: string;
}

export async function createOrderWorld(poolMax = 5): Promise<OrderWorld> {
  const home = await createOutboxDatabase(poolMax);
  const { url, database } = home;
  await createKeysTable(database);
  await database.schema.createTable('knex_migrations', (table) => table.text('name'));
  await database('knex_migrations').insert({ name: '20260101000000_users' });
  const app: Partial<HttpAppOptions> = {
    authenticator: {
      async authenticate(token) {
        const [issuer = '', subject = ''] = token.split('~');
        if (issuer === 'revoked')
          throw new UnauthorizedError('The token has expired.', { error: 'invalid_token' });
        return { issuer, subject, scopes: [], roles: [], claims: {} };
      },
    },
  };
  const start = () =>
    startApp({ database, routers: [createOrderRouter(database, (...args) => world.during(...args))], app });
  const replicas = await Promise.all([start(), start()]);

  const world: OrderWorld = {
    url,
    database,
    replicas,
    during: () => undefined,
    async post(order, { key, token = 'login~ada', replica = 0, path = '' } = {}) {
      const response = await replicas[replica % 2]!.request(`/v1/orders${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        body: JSON.stringify(order),
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    async counts() {
      const tables = ['orders', 'event_outbox', 'idempotency_keys'];
      const [orders = 0, events = 0, stored = 0] = await Promise.all(
        tables.map(async (table) => Number((await database(table).count({ rows: '*' }).first())?.rows)),
      );
      return [orders, events, stored];
    },
    async reset() {
      world.during = () => undefined;
      for (const table of ['orders', 'event_outbox', 'idempotency_keys']) await database(table).delete();
    },
    async close() {
      await Promise.all(replicas.map(({ server }) => server.stop()));
      await home.close();
    },
  };
  return world;
}
