import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';

const root = path.resolve(import.meta.dirname, '../../..');
const released = path.join(root, 'test/structure/released-tables');
const template = path.join(root, 'generators/service/templates/service/migrations');

/** What a service had that was generated before `tables/event-inbox-2`. */
export const older = [
  '20260101000000_event_outbox',
  '20260101000001_event_inbox',
  '20260101000002_event_parked',
];

/** What a service has that is generated now. */
export const names = (): string[] =>
  readdirSync(template)
    .map((file) => path.parse(file).name)
    .toSorted();

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

/** With the statements that its release ran, whatever the module does now. */
export function olderMigration(name: string): Promise<Knex.Migration> {
  const file = `${name.replace(/^\d+_/, '').replaceAll('_', '-')}.sql`;
  const sql = readFileSync(path.join(released, file), 'utf8');
  return Promise.resolve({ up: (knex) => knex.raw(sql), down: () => Promise.resolve() });
}

export function newMigration(name: string): Promise<Knex.Migration> {
  const exported = readFileSync(path.join(template, `${name}.ts`), 'utf8');
  const [, module = ''] = /microservice-runtime\/(tables\/[\w-]+)/.exec(exported) ?? [];
  return import(path.join(root, 'src/runtime', `${module}.ts`));
}

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
