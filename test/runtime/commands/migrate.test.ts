import assert from 'node:assert/strict';
import knexFactory, { type Knex } from 'knex';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createFixtureService, type FixtureService } from '../support/fixture-service.ts';

const createOrders = `import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('orders', (table) => {
    table.uuid('id').primary().defaultTo(knex.fn.uuid());
    table.text('note').notNullable().defaultTo("it's a \\\\");
    table.decimal('price', 20, 6).checkPositive();
    table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    table.index(['created_at', 'id']);
  });
  await knex('orders').insert([{ note: "what's that?" }, { note: 'b', price: '1.5' }]);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('orders');
}
`;

const changeOrders = `import type { Knex } from 'knex';

export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable('legacy')) throw new Error('there is a legacy');
  await knex.raw('create index concurrently orders_note on orders (note)');
  await knex.transaction(async (trx) => {
    await trx('orders').where({ note: 'b' }).update({ note: trx.raw('upper(?)', ['c']) });
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index orders_note');
}
`;

const contracts = `import joi from 'joi';
import { defineEvent, type EventContracts } from 'microservice-runtime';

const created = defineEvent({ type: 'order.created', version: 1, topic: 'order.events', aggregate: 'order', schema: joi.object({}) });
export const contracts: EventContracts = { published: [created], consumed: [created] };
`;

const files = {
  'migrations/20260101000000_event_outbox.ts': `export { down, up } from 'microservice-runtime/tables/event-outbox';\n`,
  'migrations/20260101000001_event_inbox.ts': `export { down, up } from 'microservice-runtime/tables/event-inbox';\n`,
  'migrations/20260101000002_event_parked.ts': `export { down, up } from 'microservice-runtime/tables/event-parked';\n`,
  'migrations/20260101000003_event_inbox_2.ts': `export { down, up } from 'microservice-runtime/tables/event-inbox-2';\n`,
  'migrations/20260102000000_create_orders.ts': createOrders,
  'migrations/20260103000000_change_orders.ts': changeOrders,
  'src/events/contracts.ts': contracts,
};

describe('microservice-runtime migrate', function () {
  this.timeout(60_000);
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

  const run = (...args: string[]) =>
    service.run('microservice-runtime', ['migrate', ...args], { DATABASE_URL: database.url });

  it('runs the pending migrations, and names them', async () => {
    const first = await run();
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(first.stdout.trim().split('\n'), [
      'ran 20260101000000_event_outbox',
      'ran 20260101000001_event_inbox',
      'ran 20260101000002_event_parked',
      'ran 20260101000003_event_inbox_2',
      'ran 20260102000000_create_orders',
      'ran 20260103000000_change_orders',
    ]);
    assert.match((await run()).stdout, /the database is up to date/);
  });

  it('exits with 1 when a migration fails, and names it', async () => {
    await knex.schema.createTable('orders', () => {});
    const { code, stderr } = await run();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^microservice-runtime: migration 20260102000000_create_orders failed: .*relation "orders" already exists\n$/,
    );
    assert.deepEqual(await knex('knex_migrations').orderBy('id').pluck('name'), [
      '20260101000000_event_outbox',
      '20260101000001_event_inbox',
      '20260101000002_event_parked',
      '20260101000003_event_inbox_2',
    ]);
  });

  it('refuses unknown flags, and flags that exclude each other', async () => {
    const unknown = await run('--chek');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /^microservice-runtime: unknown flag --chek; see .* --help\n$/);
    assert.match((await run('--check', '--sql')).stderr, /specify only one of the two/);
    assert.match((await run('--after', 'x')).stderr, /--after requires --sql/);
  });

  describe('--check', () => {
    it('names the migrations that are pending', async () => {
      const nothing = await run('--check');
      assert.equal(nothing.code, 1);
      assert.match(
        nothing.stderr,
        /the database lacks migration 20260101000000_event_outbox, .*table event_outbox/,
      );
      assert.deepEqual(await tables(knex), []);
      await run();
      await knex('knex_migrations').where({ name: '20260103000000_change_orders' }).del();
      const { code, stderr } = await run('--check');
      assert.equal(code, 1);
      assert.match(stderr, /lacks migration 20260103000000_change_orders; run npx knex migrate:latest/);
    });

    it('names a missing table of the runtime', async () => {
      await run();
      assert.equal((await run('--check')).code, 0);
      await knex.schema.dropTable('event_positions');
      const { code, stderr } = await run('--check');
      assert.equal(code, 1);
      assert.match(stderr, /the database lacks table event_positions/);
    });

    it('names a column that a later module of the runtime adds, and the module', async () => {
      await run();
      await knex.schema.alterTable('event_positions', (table) => table.dropColumn('topic_id'));
      const { code, stderr } = await run('--check');
      assert.equal(code, 1);
      assert.match(
        stderr,
        /the database lacks column topic_id of table event_positions \(microservice-runtime\/tables\/event-inbox-2\)/,
      );
    });

    it('reports in one line that the database does not answer', async () => {
      const { code, stderr } = await service.run('microservice-runtime', ['migrate', '--check'], {
        DATABASE_URL: 'postgres://app:secret@localhost:1/users',
      });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^microservice-runtime: Cannot connect to PostgreSQL at postgres:\/\/app@localhost:1\/users: .*\n$/,
      );
    });
  });

  describe('--sql', () => {
    it('prints SQL that produces the same schema, data and records as a live run', async () => {
      const printed = await service.run('microservice-runtime', ['migrate', '--sql']);
      assert.equal(printed.code, 0, printed.stderr);
      assert.match(
        printed.stderr,
        /20260103000000_change_orders reads the database; offline the query returned no rows/,
      );
      await apply(knex, printed.stdout);
      const byScript = await snapshot(knex);
      assert.match((await run()).stdout, /the database is up to date/);
      await knex.raw('drop schema public cascade; create schema public');
      await run();
      assert.deepEqual(byScript, await snapshot(knex));
    });

    it('leaves out the migrations up to the one that --after names', async () => {
      const { stdout } = await run('--sql', '--after', '20260102000000_create_orders');
      assert.doesNotMatch(stdout, /create_orders/);
      assert.match(stdout, /-- migration 20260103000000_change_orders/);
      const wrong = await run('--sql', '--after', 'nothing');
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /no migration is named nothing/);
    });
  });
});

async function tables(knex: Knex): Promise<string[]> {
  return knex('pg_tables').where({ schemaname: 'public' }).pluck('tablename');
}

/** Runs a script as psql does, statement by statement on one connection. */
async function apply(knex: Knex, script: string): Promise<void> {
  const client = await knex.client.acquireConnection();
  try {
    for (const statement of script.split(/;$/m)) await client.query(statement);
  } finally {
    await knex.client.releaseConnection(client);
  }
}

async function snapshot(knex: Knex): Promise<unknown> {
  const { rows: columns } = await knex.raw(`
    select table_name, column_name, data_type, is_nullable, numeric_precision, numeric_scale, column_default
    from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`);
  const { rows: indexes } = await knex.raw(
    `select indexdef from pg_indexes where schemaname = 'public' order by indexdef`,
  );
  const { rows: constraints } = await knex.raw(`
    select conrelid::regclass::text as "table", pg_get_constraintdef(oid) as constraint from pg_constraint
    where connamespace = 'public'::regnamespace order by 1, 2`);
  return {
    columns,
    indexes,
    constraints,
    orders: await knex('orders').orderBy('note').select('note', 'price'),
    migrations: await knex('knex_migrations').orderBy('id').pluck('name'),
    lock: await knex('knex_migrations_lock').select(),
  };
}
