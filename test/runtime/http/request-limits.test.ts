import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import joi from 'joi';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { ConflictError, connectDatabase, currentContext, runInContext } from 'microservice-runtime';
import { apiRouter } from 'microservice-runtime/http';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { up } from './fixture/migrations/20260101000000_users.ts';
import { startApp, type StartedApp } from './start-app.ts';
import { createUserRouter } from './user-router.ts';

const ID = '5ee7a7a7-64b8-4e8b-9ea4-8d4b1c1c0e11';

describe('the database work of a request', () => {
  let home: TestDatabase;
  let admin: Client;
  let database: Knex;
  let app: StartedApp;

  before(async () => {
    home = await createDatabase();
    admin = new Client(home.url);
    await admin.connect();
    const owner = connectDatabase({ serviceName: 'owner', databaseUrl: home.url, databasePoolMax: 1 });
    await up(owner);
    await owner.raw('create table late (id int primary key)');
    await owner.raw(`create function be_late() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(4711); return null; end $$`);
    await owner.raw(`create constraint trigger late after insert on late
      deferrable initially deferred for each row execute function be_late()`);
    await owner('users').insert({ id: ID, email: 'a@example.com', display_name: 'A' });
    await owner.destroy();
  });
  after(async () => {
    await admin.end();
    await home.drop();
  });
  afterEach(async () => {
    await app.server.stop();
    await database.destroy();
  });

  /** @param limits milliseconds */
  async function start({ lock = 60_000, statement = 60_000, pool = 4 } = {}): Promise<void> {
    database = connectDatabase({
      ...{ serviceName: 'limited', databaseUrl: home.url, databasePoolMax: pool },
      ...{ databaseLockTimeout: lock, databaseStatementTimeout: statement },
    });
    app = await startApp({ database, routers: [createUserRouter(database), createOddRouter(database)] });
  }

  const change = (init?: RequestInit): Promise<Response> =>
    app.request(`/v1/users/${ID}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"displayName":"B"}',
      ...init,
    });

  it('is one transaction, also after a savepoint in it', async () => {
    await start();
    assert.equal((await app.request('/odd/after-savepoint')).status, 409);
    assert.equal((await database('users').first('age')).age, null);
  });

  async function whileLocked(work: () => Promise<void>): Promise<void> {
    await admin.query(`begin; update users set age = 1 where id = '${ID}'`);
    try {
      await work();
    } finally {
      await admin.query('rollback');
    }
  }

  const waiting = async (): Promise<number> =>
    (await admin.query('select distinct pid from pg_locks where not granted')).rows.length;
  const running = async (): Promise<number> =>
    (
      await admin.query(
        `select pg_stat_clear_snapshot(), pid from pg_stat_activity where application_name = 'limited' and state <> 'idle'`,
      )
    ).rows.length;

  /** A client on a separate socket, which can disconnect at any time. */
  async function send(method: string, path: string): Promise<Socket> {
    const { hostname, port } = new URL(app.server.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    await once(socket, 'connect');
    const body = method === 'GET' ? '' : '{"displayName":"B"}';
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  }

  for (const path of [`/v1/users/${ID}`, '/odd/transaction']) {
    it(`stops waiting for a locked row, without affecting reads: PATCH ${path}`, async () => {
      await start({ lock: 500 });
      await whileLocked(async () => {
        const changes = Array.from({ length: 12 }, () =>
          app
            .send('PATCH', path, { displayName: 'B' })
            .then(async (response) => [response.status, response.headers.get('retry-after')]),
        );
        await waitFor(async () => (await waiting()) === 4);
        assert.equal((await app.request(`/v1/users/${ID}`)).status, 200);
        for (const answer of await Promise.all(changes)) assert.deepEqual(answer, [503, '1']);
      });
      assert.equal((await app.send('PATCH', path, { displayName: 'C' })).status, 200);
    });
  }

  for (const path of ['/odd/sleep', '/odd/sleep-in-transaction', '/odd/sleep-and-write']) {
    it(`ends a statement that takes too long: GET ${path}`, async () => {
      await start({ statement: 200, pool: 1 });
      const response = await app.request(path);
      assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1']);
      assert.equal((await app.request(`/v1/users/${ID}`)).status, 200);
      assert.equal(await running(), 0);
    });
  }

  for (const leave of ['destroy', 'end'] as const) {
    it(`ends when its client disconnects, at any time: the client's socket does ${leave}`, async () => {
      await start();
      await whileLocked(async () => {
        const clients = await Promise.all([
          send('PATCH', `/v1/users/${ID}`),
          send('PATCH', '/odd/transaction'),
          send('GET', '/odd/sleep'),
          send('GET', '/odd/idle'),
        ]);
        await waitFor(async () => (await waiting()) === 2 && (await running()) === 4);
        // the pool is empty, so this request waits for a connection
        clients.push(await send('PATCH', '/odd/transaction'));
        await waitFor(
          () => app.lines.length >= 0 && (database.client as Pooled).pool.numPendingAcquires() === 1,
        );
        for (const client of clients) client[leave]();
        await waitFor(async () => (await running()) === 0);
      });
      assert.equal((await change()).status, 200, 'the pool serves the next one');
      const { rows } = await admin.query('select age from users where id = $1', [ID]);
      assert.deepEqual(rows, [{ age: null }]);
      assert.deepEqual(
        app.lines.filter(({ level }) => level === 'error'),
        [],
      );
    });
  }

  it('is not interrupted during the commit', async () => {
    await start();
    await admin.query('select pg_advisory_lock(4711)');
    const client = await send('GET', '/odd/late');
    await waitFor(async () => (await waiting()) === 1);
    client.destroy();
    await waitFor(() => app.lines.some(({ path, aborted }) => path === '/odd/late' && aborted === true));
    await admin.query('select pg_advisory_unlock(4711)');
    await waitFor(async () => (await admin.query('select from late')).rows.length === 1);
    assert.equal((await change()).status, 200);
  });

  it('is limited, but not the work in a context of its own or without a context', async () => {
    await start({ lock: 1_234, statement: 5_678 });
    const limits = await (await app.request('/odd/limits')).json();
    assert.deepEqual(limits, { request: ['1234ms', '5678ms'], own: ['0', '0'] });
    assert.deepEqual(await readLimits(database), ['0', '0']);
  });
});

interface Pooled {
  pool: { numPendingAcquires(): number };
}

const readLimits = (database: Knex): Promise<string[]> =>
  database.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: [{ limits: string[] }] }>(
      `select array[current_setting('lock_timeout'), current_setting('statement_timeout')] as limits`,
    );
    return rows[0].limits;
  });

/** Routes with the kinds of database work that owners' routers do. */
function createOddRouter(database: Knex) {
  const router = apiRouter({ path: '/odd', tag: 'Odd' });
  const body = joi.object<{ displayName: string }>({ displayName: joi.string() }).label('Odd');
  const route = { summary: 'odd', responses: { 200: joi.any() } };

  router.patch('/transaction', { ...route, body }, async (req, res) => {
    await database.transaction((trx) =>
      trx('users').where({ id: ID }).update({ display_name: req.body.displayName, age: null }),
    );
    res.json({});
  });
  router.get('/sleep', route, async (_req, res) => {
    await database.raw('select pg_sleep(30)');
    res.json({});
  });
  router.get('/sleep-in-transaction', route, async (_req, res) => {
    await database.transaction((trx) => trx.raw('select pg_sleep(30)'));
    res.json({});
  });
  router.get('/sleep-and-write', route, async (_req, res) => {
    await database.raw('update users set age = 7 where pg_sleep(30) is not null');
    res.json({});
  });
  router.get('/idle', route, async (_req, res) => {
    await database.transaction(async (trx) => {
      await trx.raw('select 1');
      await once(res, 'close');
      await trx('users').update({ age: 99 });
    });
    res.json({});
  });
  router.get('/late', route, async (_req, res) => {
    await database.transaction((trx) => trx('late').insert({ id: 1 }));
    res.json({});
  });
  router.get('/after-savepoint', route, async () => {
    await database.transaction(async (trx) => {
      await trx.transaction((inner) => inner('users').update({ age: 41 }));
      await trx('users').update({ age: 42 });
      throw new ConflictError('rolled back');
    });
  });
  router.get('/limits', route, async (_req, res) => {
    const context = currentContext();
    assert.ok(context);
    const own = await runInContext({ ...context }, () => readLimits(database));
    res.json({ request: await readLimits(database), own });
  });
  return router;
}
