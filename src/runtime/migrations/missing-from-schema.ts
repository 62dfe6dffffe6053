import type { Knex } from 'knex';
import { readContracts } from '../contracts/read-service.ts';
import { pendingMigrations } from './pending-migrations.ts';

const published = ['event_outbox', 'event_parked', 'event_parked_keys'];
const consumed = ['event_inbox', 'event_positions'];
/** Columns that later modules add to tables of earlier ones. */
const laterColumns = [{ table: 'event_positions', column: 'topic_id', module: 'event-inbox-2' }];

/**
 * Lists the parts of the schema that the service at `root` lacks: pending migrations, and runtime tables and columns that its
 * contracts need but that no migration created. Only reads.
 */
export async function missingFromSchema(database: Knex, root: string): Promise<string[]> {
  const pending = await pendingMigrations(database, root);
  const needed = await tablesOf(root);
  const tables = await missingTables(database, needed);
  const present = needed.filter((table) => !tables.includes(table));
  return [
    ...pending.map((name) => `migration ${name}`),
    ...tables.map((name) => `table ${name}`),
    ...(await missingColumns(database, present)),
  ];
}

async function tablesOf(root: string): Promise<string[]> {
  const contracts = await readContracts(root);
  if (!contracts) return [];
  // a consumer's handler also publishes through the outbox
  return contracts.consumed.length > 0 ? [...published, ...consumed] : published;
}

async function missingTables(database: Knex, names: string[]): Promise<string[]> {
  const { rows }: { rows: { name: string }[] } = await database.raw(
    'select name from unnest(?::text[]) as name where to_regclass(name) is null',
    [names],
  );
  return rows.map(({ name }) => name);
}

async function missingColumns(database: Knex, present: string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const { table, column, module } of laterColumns) {
    if (!present.includes(table) || (await database.schema.hasColumn(table, column))) continue;
    missing.push(`column ${column} of table ${table} (microservice-runtime/tables/${module})`);
  }
  return missing;
}
