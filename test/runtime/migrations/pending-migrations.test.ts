import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { knexConfig, migrateLatest, pendingMigrations } from '../../../src/runtime/migrations.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createFixtureService, migration, type FixtureService } from '../support/fixture-service.ts';

describe('pendingMigrations', function () {
  this.timeout(60_000);
  let service: FixtureService;
  let database: TestDatabase;
  let knex: Knex;

  beforeEach(async () => {
    service = createFixtureService({
      'migrations/1_users.ts': migration('create table users (id int)', 'drop table users'),
      'migrations/2_email.ts': migration('alter table users add email text', 'alter table users drop email'),
    });
    database = await createDatabase();
    knex = connectDatabase({ databaseUrl: database.url, databasePoolMax: 1, serviceName: 'test' });
  });
  afterEach(async () => {
    await knex.destroy();
    await database.drop();
    service.remove();
  });

  it('names every migration of an empty database, and creates nothing', async () => {
    assert.deepEqual(await pendingMigrations(knex, service.root), ['1_users', '2_email']);
    const { rows } = await knex.raw("select tablename from pg_tables where schemaname = 'public'");
    assert.deepEqual(rows, []);
  });

  it('names none when all have run, and then only the added ones', async () => {
    await migrateLatest(await knexConfig(service.root, { databaseUrl: database.url }));
    assert.deepEqual(await pendingMigrations(knex, service.root), []);
    service.write('migrations/3_name.ts', migration('select 1', 'select 1'));
    assert.deepEqual(await pendingMigrations(knex, service.root), ['3_name']);
  });

  it('sends one query', async () => {
    const asked: string[] = [];
    knex.on('query', ({ sql }: { sql: string }) => asked.push(sql));
    await pendingMigrations(knex, service.root);
    assert.deepEqual(asked, ['select "name" from "knex_migrations"']);
  });

  it('ignores migrations of a newer version', async () => {
    await migrateLatest(await knexConfig(service.root, { databaseUrl: database.url }));
    await knex('knex_migrations').insert({ name: '9_newer', batch: 2 });
    assert.deepEqual(await pendingMigrations(knex, service.root), []);
  });

  it('does not report an unreachable database as unmigrated', async () => {
    const elsewhere = connectDatabase({
      databaseUrl: 'postgres://app@127.0.0.1:1/users',
      databasePoolMax: 1,
      serviceName: 'test',
    });
    await assert.rejects(pendingMigrations(elsewhere, service.root), /ECONNREFUSED/);
    await elsewhere.destroy();
  });
});
