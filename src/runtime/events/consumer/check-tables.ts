import type { Knex } from 'knex';

/** What a consumer needs of the database, and the module of the runtime that makes it. */
const needed: readonly { table: string; column?: string; module: string }[] = [
  { table: 'event_inbox', module: 'event-inbox' },
  { table: 'event_positions', column: 'topic_id', module: 'event-inbox-2' },
  { table: 'event_parked', module: 'event-parked' },
];

/** Rejects when a table or a column is not there; the message names the migration that makes it. */
export async function checkConsumerTables(database: Knex): Promise<void> {
  for (const { table, column, module } of needed) {
    const isThere = column
      ? await database.schema.hasColumn(table, column)
      : await database.schema.hasTable(table);
    if (isThere) continue;
    throw new Error(
      `the ${column ? `column ${column} of table ${table}` : `table ${table}`} is missing; add a migration with ` +
        `"export { down, up } from 'microservice-runtime/tables/${module}';", and run npx knex migrate:latest`,
    );
  }
}
