import type { Knex } from 'knex';

/** A table or a column that the runtime needs, and the module in `microservice-runtime/tables` that creates it. */
export interface SchemaItem {
  table: string;
  column?: string;
  module: string;
}

const parking: readonly SchemaItem[] = [
  { table: 'event_parked', module: 'event-parked' },
  { table: 'event_parked_keys', module: 'event-parked' },
];

export const outboxTable: SchemaItem = { table: 'event_outbox', module: 'event-outbox' };

/** Needed to publish. */
export const outboxSchema: readonly SchemaItem[] = [outboxTable, ...parking];

/** Needed to handle events. */
export const inboxSchema: readonly SchemaItem[] = [
  { table: 'event_inbox', module: 'event-inbox' },
  { table: 'event_positions', module: 'event-inbox' },
  { table: 'event_positions', column: 'topic_id', module: 'event-inbox-2' },
  ...parking,
];

/** Needed to limit requests. */
export const rateLimitSchema: readonly SchemaItem[] = [{ table: 'rate_limits', module: 'rate-limits' }];

/** Needed to run sagas. */
export const sagaSchema: readonly SchemaItem[] = [
  'instances',
  'steps',
  'timeouts',
  'history',
  'early_replies',
].map((name) => ({ table: `saga_${name}`, module: 'sagas' }));

/** Needed to run projections. */
export const projectionSchema: readonly SchemaItem[] = ['active', 'versions'].map((name) => ({
  table: `projection_${name}`,
  module: 'projections',
}));

/** Needed to answer requests with an idempotency key. */
export const idempotencySchema: readonly SchemaItem[] = [
  { table: 'idempotency_keys', module: 'idempotency-keys' },
];

/** The tables that the module `events` creates. */
const eventTables = [...outboxSchema, ...inboxSchema].filter(({ column }) => !column);

const isOfBus = ({ table }: SchemaItem): boolean => eventTables.some((each) => each.table === table);

/** Runs one statement without parameters, and resolves to its rows. */
export type Ask = (sql: string) => Promise<{ place: number }[]>;

/** Returns an `Ask` that uses a connection of the pool. */
export const askOf =
  (database: Knex): Ask =>
  async (sql) =>
    (await database.raw<{ rows: { place: number }[] }>(sql)).rows;

/**
 * Resolves to the items that the database lacks, in their order; the columns of a missing table are left out. The module of a
 * table of the event bus is `events` if the database has none of these tables. Otherwise, it is the module that creates the item. Reads only the
 * catalog, along the search path of the session.
 */
export async function findMissing(ask: Ask, items: readonly SchemaItem[]): Promise<SchemaItem[]> {
  const missing = await lackingOf(ask, items);
  if (missing.length === 0) return missing;
  const hasNone = (await lackingOf(ask, eventTables)).length === eventTables.length;
  return hasNone ? missing.map((item) => (isOfBus(item) ? { ...item, module: 'events' } : item)) : missing;
}

async function lackingOf(ask: Ask, items: readonly SchemaItem[]): Promise<SchemaItem[]> {
  if (items.length === 0) return [];
  const places = new Set((await ask(missingSql(items))).map(({ place }) => place));
  return items.filter((_, place) => places.has(place));
}

/** Resolves to whether the database has the item. */
export const isThere = async (ask: Ask, item: SchemaItem): Promise<boolean> =>
  (await findMissing(ask, [item])).length === 0;

/** Rejects if the database lacks an item. The message names the migration that creates the item. */
export async function checkRequiredSchema(ask: Ask, items: readonly SchemaItem[]): Promise<void> {
  const [missing] = await findMissing(ask, items);
  if (!missing) return;
  throw new Error(
    `the ${itemTitle(missing)} is missing; add a migration with ` +
      `"export { down, up } from '${moduleOf(missing)}';", and run npx knex migrate:latest`,
  );
}

/** Returns the name of an item in messages: `table T`, or `column C of table T`. */
export const itemTitle = ({ table, column }: SchemaItem): string =>
  column ? `column ${column} of table ${table}` : `table ${table}`;

/** Returns the module that a migration re-exports to create the item. */
export const moduleOf = ({ module }: SchemaItem): string => `microservice-runtime/tables/${module}`;

function missingSql(items: readonly SchemaItem[]): string {
  const rows = items.map(
    ({ table, column }, place) => `(${place}, '${table}', ${column ? `'${column}'` : 'null'})`,
  );
  return `
    select place from (values ${rows.join(', ')}) as item (place, relation, attribute)
    where case
      when attribute is null then to_regclass(relation) is null
      when to_regclass(relation) is null then false
      else not exists (
        select from pg_attribute
        where attrelid = to_regclass(relation) and attname = attribute::name and not attisdropped
      )
    end`;
}
