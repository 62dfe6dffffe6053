import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { collect, execute, start } from '../../scripts/support/command.ts';
import { exampleServices } from '../../scripts/support/example-workspace.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Registry, useRegistry } from '../support/registry.ts';
import { query } from '../support/query.ts';

describe('migrations of a generated service, with no flags', function () {
  this.timeout(180_000);
  let folder: string;
  let service: string;
  let registry: Registry;
  let database: TestDatabase;

  before(async () => {
    folder = await temporaryFolder('migrations');
    registry = await useRegistry();
    const env = registry.environment;
    await execute(
      'npm',
      ['init', 'microservice', 'user', '--', '--yes', '--no-git', '--install', ...exampleServices.user],
      {
        cwd: folder,
        env,
      },
    );
    service = path.join(folder, 'user-service');
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const environment = (extra: NodeJS.ProcessEnv = {}) => ({
    ...registry.environment,
    DATABASE_URL: database.url,
    ...extra,
  });
  const knex = (command: string, extra?: NodeJS.ProcessEnv) =>
    execute('npx', ['knex', ...command.split(' ')], { cwd: service, env: environment(extra) });
  const tables = async () => {
    const rows = await query<{ name: string }>(
      database.url,
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like 'knex%'`,
    );
    return rows.map(({ name }) => name).toSorted();
  };
  const all = [
    'event_inbox',
    'event_outbox',
    'event_parked',
    'event_parked_keys',
    'event_positions',
    'users',
  ];

  it('npx knex migrate:latest, status, make and rollback work', async () => {
    await knex('migrate:latest');
    assert.deepEqual(await tables(), all);
    assert.match(await knex('migrate:status'), /No Pending Migration files/i);
    await knex('migrate:make add_nickname');
    const made = (await readdir(path.join(service, 'migrations'))).filter((file) =>
      file.endsWith('_add_nickname.ts'),
    );
    assert.equal(made.length, 1);
    assert.match(await knex('migrate:status'), /add_nickname/);
    await rm(path.join(service, 'migrations', made[0] ?? ''));
    await knex('migrate:rollback');
    assert.deepEqual(await tables(), []);
  });

  it('the compiled build migrates the same database up and down', async () => {
    await knex('migrate:latest');
    await execute('npm', ['run', 'build'], { cwd: service, env: environment() });
    const compiled = { NODE_ENV: 'production' };
    assert.match(await knex('migrate:status', compiled), /No Pending Migration files/i);
    await knex('migrate:rollback', compiled);
    assert.deepEqual(await tables(), []);
    await knex('migrate:latest', compiled);
    assert.deepEqual(await tables(), all);
    assert.match(await knex('migrate:status'), /No Pending Migration files/i);
  });

  it('8 migrators at once do one run without errors or remaining locks, even if the active one is killed', async () => {
    await writeFile(path.join(service, 'migrations', '20990101000000_slow.ts'), slowMigration);
    const command = path.join(service, 'node_modules', '.bin', 'knex');
    const migrate = () => start(command, ['migrate:latest'], { cwd: service, env: environment() });
    const killed = migrate();
    await waitFor(isMigrating, { timeout: 60_000, message: 'a migration under way' });
    const others = Array.from({ length: 7 }, migrate).map(async (child) => {
      const output = collect(child);
      const [status] = (await once(child, 'close')) as [number | null];
      return { status, output: output() };
    });
    killed.kill('SIGKILL');
    assert.deepEqual(await once(killed, 'exit'), [null, 'SIGKILL']);

    const ended = await Promise.all(others);
    assert.deepEqual(
      ended.map(({ status }) => status),
      Array(7).fill(0),
      ended.map(({ output }) => output).join(''),
    );
    assert.equal(ended.filter(({ output }) => /run: \d+ migrations/.test(output)).length, 1);
    assert.deepEqual(await tables(), all);
    assert.deepEqual(
      await query(database.url, 'select name from knex_migrations group by name having count(*) > 1'),
      [],
    );
    assert.deepEqual(
      await query(database.url, 'select 1 from knex_migrations_lock where is_locked <> 0'),
      [],
    );
  });

  const isMigrating = async () =>
    (
      await query(
        database.url,
        `select 1 from pg_stat_activity where query like '%pg_sleep(2)%' and pid <> pg_backend_pid()`,
      )
    ).length > 0;
});

const slowMigration = `import type { Knex } from 'knex';
export const up = (knex: Knex) => knex.raw('select pg_sleep(2)');
export const down = () => Promise.resolve();
`;
