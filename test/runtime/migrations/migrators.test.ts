import assert from 'node:assert/strict';
import { once } from 'node:events';
import knexFactory, { type Knex } from 'knex';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createFixtureService, migration, type FixtureService } from '../support/fixture-service.ts';

const outside = 'export const config = { transaction: false };';
/** A test that holds this lock holds the migration that asks for it. */
const ask = 'select pg_advisory_lock(42)';
const files = {
  'migrations/1_create_users.ts': migration('create table users (id int)', 'drop table users'),
  'migrations/2_slow.ts': migration(ask, 'select 1', outside),
  // waits for every older snapshot: a migrator blocked on the lock itself would hold one, and both would wait forever
  'migrations/3_index.ts': migration(
    'create index concurrently users_id on users (id)',
    'drop index users_id',
    outside,
  ),
  'migrations/4_count.ts': migration('insert into users values (1)', 'delete from users'),
};

describe('several migrators of one database', function () {
  this.timeout(90_000);
  let service: FixtureService;
  let database: TestDatabase;
  let knex: Knex;

  before(() => {
    service = createFixtureService(files);
  });
  beforeEach(async () => {
    database = await createDatabase();
    knex = knexFactory({ client: 'pg', connection: database.url, pool: { min: 0 } });
  });
  afterEach(async () => {
    await knex.destroy();
    await database.drop();
  });
  after(() => service.remove());

  const migrate = () => service.run('knex', ['migrate:latest'], { DATABASE_URL: database.url });
  const isHeld = async (): Promise<boolean> =>
    (await knex('pg_stat_activity').where({ query: ask, wait_event_type: 'Lock' })).length > 0;

  async function assertMigratedOnce(): Promise<void> {
    assert.deepEqual(await knex('knex_migrations').orderBy('id').pluck('name'), [
      '1_create_users',
      '2_slow',
      '3_index',
      '4_count',
    ]);
    assert.deepEqual(await knex('users').pluck('id'), [1]);
    assert.deepEqual(await knex('knex_migrations_lock').pluck('is_locked'), [0]);
  }

  it('do one run when 8 start at once, and none fails', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, migrate));
    assert.deepEqual(
      results.map(({ code }) => code),
      Array(8).fill(0),
      results.map((r) => r.stderr).join(''),
    );
    assert.equal(results.filter(({ stdout }) => /run: 4 migrations/.test(stdout)).length, 1);
    assert.equal(results.filter(({ stdout }) => /Already up to date/.test(stdout)).length, 7);
    await assertMigratedOnce();
  });

  it('do one run, and leave no lock, when the one that migrates is killed', async () => {
    const holding = await knex.transaction();
    await holding.raw(ask.replace('lock', 'xact_lock'));
    const killed = service.start('knex', ['migrate:latest'], { DATABASE_URL: database.url });
    await waitFor(isHeld, { message: 'the migration is held' });
    const others = Promise.all(Array.from({ length: 7 }, migrate));
    killed.kill('SIGKILL');
    assert.deepEqual(await once(killed, 'exit'), [null, 'SIGKILL']);
    await holding.rollback();
    const results = await others;
    assert.deepEqual(
      results.map(({ code }) => code),
      Array(7).fill(0),
      results.map((r) => r.stderr).join(''),
    );
    assert.equal(results.filter(({ stdout }) => /run: 3 migrations/.test(stdout)).length, 1);
    await assertMigratedOnce();
  });
});
