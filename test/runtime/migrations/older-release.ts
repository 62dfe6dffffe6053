import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { missingRuntimeTables } from '../../../generators/service/migrations/runtime-tables.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const released = path.join(root, 'test/structure/released-tables');

/** The migrations of a service that was generated before `tables/event-inbox-2`. */
export const older = [
  '20260101000000_event_outbox',
  '20260101000001_event_inbox',
  '20260101000002_event_parked',
];

/** The migrations of such a service after it is generated again. */
export const names = (): string[] => {
  const files = new Map(older.map((name) => [`${name}.ts`, '']));
  return [...older, ...missingRuntimeTables(files).map(({ name }) => name)];
};

export function source(
  migrations: string[],
  load: (name: string) => Promise<Knex.Migration>,
): Knex.MigrationSource<string> {
  return {
    getMigrations: () => Promise.resolve(migrations),
    getMigrationName: (name) => name,
    getMigration: load,
  };
}

/** Uses the statements of its release, even if the module has changed. */
export function olderMigration(name: string): Promise<Knex.Migration> {
  const sql = readFileSync(path.join(released, `${moduleOf(name)}.sql`), 'utf8');
  return Promise.resolve({ up: (knex) => knex.raw(sql), down: () => Promise.resolve() });
}

export const newMigration = (name: string): Promise<Knex.Migration> =>
  import(path.join(root, 'src/runtime/tables', `${moduleOf(name)}.ts`));

const moduleOf = (name: string) => name.replace(/^\d+_/, '').replaceAll('_', '-');

/** At least two in each table, as the older release wrote them. */
export async function addRows(database: Knex): Promise<void> {
  await database.raw(`
    insert into event_outbox (topic, key, headers, payload) select 't', n::text, '{}', '{}' from generate_series(1, 3) as n;
    insert into event_inbox (consumer_group, source, event_id, topic) values ('g', 's', '1', 't'), ('g', 's', '2', 't');
    insert into event_positions (consumer_group, topic, partition, position, resets)
      values ('g', 't', 0, 7, 0), ('g', 't', 1, 9007199254740991, 3);
    insert into event_parked_keys (consumer_group, topic, key, state, reason, error, attempts, next_try_at)
      values ('g', 't', 'a', 'parked', 'bug', 'e', 1, now()), ('g', 't', 'b', 'dead', 'bug', 'e', 12, null);
    insert into event_parked (consumer_group, topic, key, partition, position, headers, raw_key, value)
      values ('g', 't', 'a', 0, 3, '{}', 'a', '{}'), ('g', 't', 'b', 0, 4, '{"x": "y"}', 'b', null)`);
}

/** The columns that every release knows. */
export async function rowsOf(database: Knex): Promise<unknown> {
  const tables = ['event_outbox', 'event_inbox', 'event_parked_keys', 'event_parked'];
  const rows = await Promise.all(tables.map((table) => database(table).select().orderByRaw('1, 2, 3')));
  const positions = await database('event_positions')
    .select('consumer_group', 'topic', 'partition', 'position', 'resets', 'updated_at')
    .orderBy('partition');
  for (const each of [...rows, positions]) assert.ok(each.length >= 2);
  return [...rows, positions];
}
