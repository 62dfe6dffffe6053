import assert from 'node:assert/strict';
import knexFactory, { type Knex } from 'knex';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { describeSchema } from '../../support/schema.ts';
import { addRows, names, newMigration, older, olderMigration, rowsOf, source } from './older-release.ts';

describe('a database of an older release', function () {
  this.timeout(30_000);
  let created: TestDatabase[];
  let open: Knex[];
  beforeEach(() => {
    created = [];
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((database) => database.destroy()));
    await Promise.all(created.map(({ drop }) => drop()));
  });

  async function connect(): Promise<Knex> {
    const database = await createDatabase();
    created.push(database);
    const knex = knexFactory({ client: 'pg', connection: database.url, pool: { min: 0, max: 2 } });
    open.push(knex);
    return knex;
  }

  it('has the schema of a new one after its next migration, and every row as it was', async () => {
    const [old, fresh] = [await connect(), await connect()];
    await old.migrate.latest({ migrationSource: source(older, olderMigration) });
    await addRows(old);
    const before = await rowsOf(old);
    const [, ran] = await old.migrate.latest({ migrationSource: source(names(), newMigration) });
    assert.deepEqual(
      ran,
      names().filter((name) => !older.includes(name)),
    );
    await fresh.migrate.latest({ migrationSource: source(names(), newMigration) });
    assert.deepEqual(await describeSchema(old), await describeSchema(fresh));
    assert.deepEqual(await rowsOf(old), before);
  });

  it('accepts rows that the older release writes meanwhile, and can be rolled back to it', async () => {
    const old = await connect();
    await old.migrate.latest({ migrationSource: source(older, olderMigration) });
    const before = await describeSchema(old);
    await old.migrate.latest({ migrationSource: source(names(), newMigration) });
    await addRows(old);
    const rows = await rowsOf(old);
    await old.migrate.rollback({ migrationSource: source(names(), newMigration) });
    assert.deepEqual(await describeSchema(old), before);
    assert.deepEqual(await rowsOf(old), rows);
  });
});
