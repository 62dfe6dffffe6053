import assert from 'node:assert/strict';
import knexFactory, { type Knex } from 'knex';
import { type DebianPostgres, startDebianPostgresOrSkip } from '../../support/debian-postgres.ts';
import { addRows, names, newMigration, older, olderMigration, source } from './older-release.ts';

describe('pg_dump -s of a database', function () {
  this.timeout(300_000);
  let postgres: DebianPostgres | undefined;
  let open: Knex[];
  before(async function () {
    open = [];
    postgres = await startDebianPostgresOrSkip(this);
  });
  after(async () => {
    await Promise.all(open.map((database) => database.destroy()));
    await postgres?.stop();
  });

  async function connect(name: string): Promise<Knex> {
    const connection = await postgres?.createDatabase(name);
    const knex = knexFactory({ client: 'pg', connection, pool: { min: 0, max: 2 } });
    open.push(knex);
    return knex;
  }

  it('is the same for a new one and for one of an older release after its next migration', async () => {
    const [old, fresh] = [await connect('old'), await connect('fresh')];
    await old.migrate.latest({ migrationSource: source(older, olderMigration) });
    await addRows(old);
    const before = postgres?.dumpSchema('old') ?? '';
    await old.migrate.latest({ migrationSource: source(names(), newMigration) });
    await fresh.migrate.latest({ migrationSource: source(names(), newMigration) });
    assert.match(before, /CREATE TABLE public\.event_positions/);
    assert.notEqual(postgres?.dumpSchema('old'), before);
    assert.equal(postgres?.dumpSchema('old'), postgres?.dumpSchema('fresh'));
  });
});
