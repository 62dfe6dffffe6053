import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import knexFactory from 'knex';
import { createDatabase } from '../support/postgres.ts';
import { describeSchema } from '../support/schema.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const modules = path.join(root, 'src', 'runtime', 'tables');
const released = path.join(import.meta.dirname, 'released-tables');

/** In the order of the migrations of a service that one of the first generators wrote. */
const parts = ['event-outbox', 'event-inbox', 'event-parked', 'event-inbox-2'];
/** The same tables in one migration, which a new service has. */
const whole = 'events';
/** Tables that a service has only if its owner wants them; each is independent of all others. */
const optional = ['idempotency-keys', 'projections', 'rate-limits', 'saga-requests', 'sagas'];

/**
 * Owners' migrations export these modules, and a migration that has run never runs again. So a released module must always
 * create the same schema: its statements are stored in `released-tables/`. To change a table, add a module and a migration;
 * see docs/decisions/migrations.md. Never change a file of `released-tables/`.
 */
describe('a released table module', function () {
  this.timeout(30_000);

  it('is listed in this test', () => {
    const stems = (folder: string) => readdirSync(folder).map((file) => path.parse(file).name);
    const all = [...parts, whole, ...optional].toSorted();
    assert.deepEqual(stems(modules).toSorted(), all);
    assert.deepEqual(stems(released).toSorted(), all);
  });

  it('creates the same schema as when it was released', async () => {
    const alone = [whole, ...optional].map((name) => [0, name] as const);
    for (const [index, name] of [...parts.entries(), ...alone]) {
      const before = parts.slice(0, index);
      const then = await schemaAfter(async (database) => {
        for (const each of [...before, name]) await database.raw(statementsOf(each));
      });
      const now = await schemaAfter(async (database) => {
        for (const each of before) await database.raw(statementsOf(each));
        await (await load(name)).up(database);
      });
      assert.deepEqual(now, then, `${name}.ts is released and must not change`);
    }
  });

  it('is removed by its down function', async () => {
    const migrated = (wanted: string[], undone: string[] = []) =>
      schemaAfter(async (database) => {
        for (const name of wanted) await (await load(name)).up(database);
        for (const name of undone) await (await load(name)).down(database);
      });
    assert.deepEqual(await migrated(parts, parts.slice(-1)), await migrated(parts.slice(0, -1)));
    assert.deepEqual(await migrated(parts, parts.toReversed()), []);
    for (const name of [whole, ...optional]) assert.deepEqual(await migrated([name], [name]), []);
  });

  it('that creates all tables of the event bus creates the schema of the four modules that it replaces', async () => {
    const migrated = (wanted: string[]) =>
      schemaAfter(async (database) => {
        for (const name of wanted) await (await load(name)).up(database);
      });
    const one = await migrated([whole]);
    assert.ok(one.some((line) => line.startsWith('event_positions topic_id')));
    assert.deepEqual(one, await migrated(parts));
  });

  it('that creates all tables of the event bus keeps all of them while one has rows', async () => {
    const row = { consumer_group: 'g', topic: 'x.events', partition: 0, position: 1 };
    const kept = await schemaAfter(async (database) => {
      const tables = await load(whole);
      await tables.up(database);
      await database('event_positions').insert(row);
      await assert.rejects(
        database.transaction((trx) => tables.down(trx)),
        /table event_positions has rows/,
      );
      assert.equal((await database('event_positions')).length, 1);
    });
    assert.deepEqual(kept, await schemaAfter(async (database) => (await load(whole)).up(database)));
  });
});

interface TableModule {
  up(database: Knex): Promise<void>;
  down(database: Knex): Promise<void>;
}

const load = (name: string): Promise<TableModule> => import(path.join(modules, `${name}.ts`));

const statementsOf = (name: string): string => readFileSync(path.join(released, `${name}.sql`), 'utf8');

async function schemaAfter(work: (database: Knex) => Promise<void>): Promise<string[]> {
  const { url, drop } = await createDatabase();
  const database = knexFactory({ client: 'pg', connection: url });
  try {
    await work(database);
    return await describeSchema(database);
  } finally {
    await database.destroy();
    await drop();
  }
}
