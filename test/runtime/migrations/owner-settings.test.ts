import assert from 'node:assert/strict';
import knexFactory, { type Knex } from 'knex';
import { schemaCheck } from '../../../src/runtime/http/management/health.ts';
import { migrationTable } from '../../../src/runtime/migrations/migration-table.ts';
import { ownKnexConfig } from '../../../src/runtime/migrations/own-knex-config.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createFixtureService, migration, type FixtureService } from '../support/fixture-service.ts';

const settings = `config.migrations = { ...config.migrations, tableName: 'Changes of "us"', schemaName: 'book keeping' };`;

/** The forms in which Knex accepts a knexfile. */
const knexfiles = {
  'an object': `${settings}
export default config;`,
  'a function': `export default async () => {
  ${settings}
  return config;
};`,
  'an object of environments': `${settings}
export default { development: config, production: config };`,
};

const lockTable = 'Changes of "us"_lock';

describe('the name and the schema of the table of migrations that a knexfile sets', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let knex: Knex;
  let service: FixtureService;

  beforeEach(async () => {
    database = await createDatabase();
    knex = knexFactory({ client: 'pg', connection: database.url, pool: { min: 0 } });
    await knex.raw('create schema "book keeping"');
  });
  afterEach(async () => {
    await knex.destroy();
    await database.drop();
    service.remove();
  });

  const serve = (knexfile: string): void => {
    service = createFixtureService({
      'migrations/1_users.ts': migration('create table users (id int)', 'drop table users'),
      'knexfile.js': `import { knexConfig } from 'microservice-runtime/migrations';

const config = await knexConfig(import.meta.dirname);
${knexfile}
`,
    });
  };
  const run = (command: 'knex' | 'microservice-runtime', ...args: string[]) =>
    service.run(command, args, { DATABASE_URL: database.url });
  const tables = (): Promise<string[]> =>
    knex('pg_tables').where({ schemaname: 'public' }).orderBy('tablename').pluck('tablename');

  it('apply to every command, to readiness, and to the lock of a killed migrator', async () => {
    serve(knexfiles['an object']);
    await assert.rejects(async () => schemaCheck(knex, service.root).check(), /not migrated: 1_users/);
    assert.match((await run('knex', 'migrate:latest')).stdout, /Batch 1 run: 1 migrations/);
    await schemaCheck(knex, service.root).check();
    const checked = await run('microservice-runtime', 'migrate', '--check');
    assert.equal(checked.code, 0, checked.stderr);

    await knex(lockTable).withSchema('book keeping').update({ is_locked: 1 });
    service.write('migrations/2_email.ts', migration('alter table users add email text', ''));
    const again = await run('knex', 'migrate:latest');
    assert.match(again.stdout, /Batch 2 run: 1 migrations/, again.stderr);
    assert.deepEqual(await knex(lockTable).withSchema('book keeping').pluck('is_locked'), [0]);
    assert.deepEqual(await tables(), ['users']);
  });

  it('appear in the printed SQL', async () => {
    serve(knexfiles['an object']);
    const { stdout, stderr, code } = await run('microservice-runtime', 'migrate', '--sql');
    assert.equal(code, 0, stderr);
    await knex.raw(stdout.replaceAll('?', String.raw`\?`));
    assert.deepEqual(await tables(), ['users']);
    await schemaCheck(knex, service.root).check();
    assert.match((await run('microservice-runtime', 'migrate')).stdout, /the database is up to date/);
  });

  for (const form of ['a function', 'an object of environments'] as const) {
    it(`apply if the knexfile exports ${form}`, async () => {
      serve(knexfiles[form]);
      const { migrations } = (await ownKnexConfig(service.root)) ?? {};
      assert.deepEqual(migrationTable(migrations), { name: 'Changes of "us"', schema: 'book keeping' });
    });
  }
});
