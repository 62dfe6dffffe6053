import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { connectDatabase } from 'microservice-runtime';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { placeOf } from '../../support/forwarder.ts';
import { startTcpProxy, type TcpProxy } from '../../faults/tcp-proxy.ts';
import { up } from './fixture/migrations/20260101000000_users.ts';
import { startApp, type StartedApp } from './start-app.ts';
import { createUserRouter } from './user-router.ts';

const user = (name: string) => ({ email: `${name}@example.com`, displayName: name });

describe('HTTP while PostgreSQL', () => {
  let home: TestDatabase;
  let proxy: TcpProxy;
  let admin: Client;
  let name: string;

  before(async () => {
    home = await createDatabase();
    name = new URL(home.url).pathname.slice(1);
    proxy = await startTcpProxy(placeOf(home.url));
    admin = new Client(home.url);
    await admin.connect();
    const database = connect();
    await up(database);
    await database.schema.createTable('knex_migrations', (table) => table.text('name'));
    await database('knex_migrations').insert({ name: '20260101000000_users' });
    await database.destroy();
  });
  after(async () => {
    await admin.end();
    await proxy.close();
    await home.drop();
  });

  const connect = (): Knex => {
    const url = new URL(home.url);
    url.searchParams.delete('host');
    url.host = `127.0.0.1:${proxy.port}`;
    return connectDatabase({ serviceName: 'away', databaseUrl: url.href, databasePoolMax: 3 });
  };

  async function serving(work: (app: StartedApp) => Promise<void>): Promise<void> {
    const database = connect();
    const app = await startApp({ database, routers: [createUserRouter(database)] });
    try {
      await work(app);
    } finally {
      await app.server.stop();
      await database.destroy();
    }
  }

  async function assertAway(response: Response): Promise<void> {
    const text = await response.text();
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1'], text);
    assert.doesNotMatch(text, /insert|select/i);
  }

  /** A request that waits in PostgreSQL until `disturb` has done its work. */
  async function disturbed({ send }: StartedApp, disturb: () => Promise<unknown>): Promise<Response> {
    await admin.query('begin; lock table users');
    try {
      const answer = send('POST', '/v1/users', user('waits'));
      await waitFor(async () => {
        const { rows } = await admin.query('select from pg_locks where not granted');
        return rows.length > 0;
      });
      await disturb();
      return await answer;
    } finally {
      await admin.query('rollback');
    }
  }

  it('refuses writes: answers 503, is not ready, and writes again on new connections afterwards', async () => {
    await admin.query(`alter database ${name} set default_transaction_read_only = on`);
    await serving(async ({ request, send }) => {
      const reads = await Promise.all([1, 2, 3].map(() => request('/v1/users')));
      assert.deepEqual(
        reads.map(({ status }) => status),
        [200, 200, 200],
      );
      await assertAway(await send('POST', '/v1/users', user('early')));
      const ready = await request('/health/ready');
      assert.equal(ready.status, 503);
      assert.match(await ready.text(), /"database":"[^"]*read-only/);
      await admin.query(`alter database ${name} reset default_transaction_read_only`);
      await waitFor(async () => (await request('/health/ready')).status === 200);
      // the old sessions would still refuse writes
      const writes = ['a', 'b', 'c', 'd'].map((each) => send('POST', '/v1/users', user(each)));
      assert.deepEqual(
        (await Promise.all(writes)).map(({ status }) => status),
        [201, 201, 201, 201],
      );
    });
  });

  it('has become read-only for existing sessions: opens new ones after the first refusal', async () => {
    await serving(async ({ request, send }) => {
      await admin.query(`alter database ${name} set default_transaction_read_only = on`);
      await Promise.all([1, 2, 3].map(() => request('/v1/users')));
      await admin.query(`alter database ${name} reset default_transaction_read_only`);
      await assertAway(await send('POST', '/v1/users', user('first')));
      const writes = ['e', 'f', 'g'].map((each) => send('POST', '/v1/users', user(each)));
      assert.deepEqual(
        (await Promise.all(writes)).map(({ status }) => status),
        [201, 201, 201],
      );
    });
  });

  it('ends the session: answers 503, and 201 next', async () => {
    await serving(async (app) => {
      const terminate = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'away'`;
      await assertAway(await disturbed(app, () => admin.query(terminate)));
      assert.equal((await app.send('POST', '/v1/users', user('h'))).status, 201);
    });
  });

  it('is cut off: answers 503, and 201 next', async () => {
    await serving(async (app) => {
      const cut = async () => proxy.set({ kind: 'cut' });
      await assertAway(await disturbed(app, cut));
      await assertAway(await app.request('/v1/users'));
      proxy.set({ kind: 'open' });
      await waitFor(async () => (await app.send('POST', '/v1/users', user('i'))).status === 201);
    });
  });

  it('has no free connection: answers 503, is not ready, and serves once it has one', async () => {
    await admin.query(`alter database ${name} connection limit 0`);
    try {
      await serving(async ({ request }) => {
        await assertAway(await request('/v1/users'));
        const ready = await request('/health/ready');
        assert.equal(ready.status, 503);
        assert.match(await ready.text(), /too many connections/);
        await admin.query(`alter database ${name} connection limit -1`);
        await waitFor(async () => (await request('/health/ready')).status === 200);
        assert.equal((await request('/v1/users')).status, 200);
      });
    } finally {
      await admin.query(`alter database ${name} connection limit -1`);
    }
  });
});
