import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import knexFactory, { type Knex } from 'knex';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createFixtureService, migration, type FixtureService } from '../support/fixture-service.ts';

const files = {
  'migrations/20260101000000_create_users.ts': migration('create table users (id int)', 'drop table users'),
  'migrations/20260102000000_add_email.ts': migration(
    'alter table users add email text',
    'alter table users drop email',
  ),
  'seeds/users.ts': `import type { Knex } from 'knex';
export async function seed(knex: Knex): Promise<void> {
  await knex('users').insert({ id: 1, email: 'ada@example.com' });
}
`,
};

describe('npx knex', function () {
  this.timeout(60_000);
  let service: FixtureService;
  let database: TestDatabase;
  let environment: Record<string, string>;
  let knex: Knex;

  before(() => {
    service = createFixtureService(files);
  });
  beforeEach(async () => {
    database = await createDatabase();
    environment = { DATABASE_URL: database.url };
    knex = knexFactory({ client: 'pg', connection: database.url });
  });
  afterEach(async () => {
    await knex.destroy();
    await database.drop();
  });
  after(() => service.remove());

  const knexIn = async (place: FixtureService, ...args: string[]): Promise<string> => {
    const result = await place.run('knex', args, environment);
    assert.equal(result.code, 0, result.stdout + result.stderr);
    return result.stdout;
  };

  it('migrates TypeScript, shows the status, seeds and rolls back, without a flag', async () => {
    const env = { ...process.env, ...environment };
    const npx = await promisify(execFile)('npx', ['knex', 'migrate:latest'], { cwd: service.root, env });
    assert.match(npx.stdout, /Batch 1 run: 2 migrations/);
    assert.match(await knexIn(service, 'migrate:status'), /Found 2 Completed.*No Pending/s);
    assert.match(await knexIn(service, 'seed:run'), /Ran 1 seed files/);
    assert.deepEqual(await knex('users'), [{ id: 1, email: 'ada@example.com' }]);
    assert.match(await knexIn(service, 'migrate:rollback'), /Batch 1 rolled back: 2 migrations/);
    assert.match(await knexIn(service, 'migrate:status'), /No Completed.*Found 2 Pending/s);
  });

  it('reads the address from .env, but prefers the real environment', async () => {
    const own = createFixtureService({ ...files, '.env': `DATABASE_URL=${database.url}\n` });
    try {
      const fromFile = await own.run('knex', ['migrate:latest']);
      assert.match(fromFile.stdout, /Batch 1 run: 2 migrations/, fromFile.stderr);
      const elsewhere = await own.run('knex', ['migrate:latest'], {
        DATABASE_URL: 'postgres://app@localhost:1/users',
      });
      assert.match(elsewhere.stderr, /localhost:1/);
    } finally {
      own.remove();
    }
  });

  it('uses DATABASE_DIRECT_URL if it is set', async () => {
    environment = { DATABASE_URL: 'postgres://pooler@localhost:1/users', DATABASE_DIRECT_URL: database.url };
    assert.match(await knexIn(service, 'migrate:latest'), /Batch 1 run: 2 migrations/);
  });

  it('works in the built image on the same database, up and down', async () => {
    const image = service.image();
    try {
      environment['NODE_ENV'] = 'production';
      await knexIn(image, 'migrate:latest');
      assert.match(await knexIn(image, 'migrate:latest'), /Already up to date/);
      delete environment['NODE_ENV'];
      assert.match(await knexIn(service, 'migrate:latest'), /Already up to date/);
      environment['NODE_ENV'] = 'production';
      assert.match(await knexIn(image, 'migrate:rollback'), /Batch 1 rolled back: 2 migrations/);
    } finally {
      image.remove();
    }
  });

  it('migrates with an older image over a newer schema, and refuses to roll back a migration that the image lacks', async () => {
    const image = service.image();
    try {
      await knexIn(image, 'migrate:latest');
      await knex('knex_migrations').insert({ name: '20270101000000_from_the_future', batch: 2 });
      assert.match(await knexIn(image, 'migrate:latest'), /Already up to date/);
      const rollback = await image.run('knex', ['migrate:rollback'], environment);
      assert.equal(rollback.code, 1);
      assert.match(rollback.stderr, /the database is newer than this code\. Roll back with the version/);
    } finally {
      image.remove();
    }
  });

  it('creates a typed .ts migration without a database', async () => {
    const own = createFixtureService(files);
    try {
      const made = await own.run('knex', ['migrate:make', 'add_orders']);
      assert.equal(made.code, 0, made.stderr);
      const [name] = readdirSync(path.join(own.root, 'migrations')).filter((file) =>
        file.endsWith('_add_orders.ts'),
      );
      const text = readFileSync(path.join(own.root, 'migrations', name ?? ''), 'utf8');
      assert.match(text, /import type \{ Knex \} from 'knex';/);
      assert.match(text, /export async function up\(knex: Knex\): Promise<void>/);
      assert.match(text, /export async function down\(knex: Knex\): Promise<void>/);
      own.image().remove(); // it compiles
    } finally {
      own.remove();
    }
  });

  it('reports in one line that DATABASE_URL is missing or wrong, or that no server answers there', async () => {
    assert.match(await failure(service, {}), /DATABASE_URL is not set; set it in \.env/);
    assert.match(
      await failure(service, { DATABASE_URL: 'users' }),
      /DATABASE_URL must be an address such as postgres:/,
    );
    assert.match(
      await failure(service, { DATABASE_URL: 'postgres://app:secret@localhost:1/users' }),
      /Cannot connect to PostgreSQL at postgres:\/\/app@localhost:1\/users: .*ECONNREFUSED.*; start PostgreSQL there/,
    );
  });
});

async function failure(service: FixtureService, environment: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await service.run('knex', ['migrate:latest'], environment);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  return stderr;
}
