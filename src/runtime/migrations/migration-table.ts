import type { Knex } from 'knex';

/** Where Knex records what it ran; its lock is beside it, under the name with `_lock`. */
export interface MigrationTable {
  name: string;
  /** The first one of the search path where there is none. */
  schema?: string | undefined;
}

/** What the knexfile says, or Knex's default. */
export const migrationTable = ({ tableName, schemaName }: Knex.MigratorConfig = {}): MigrationTable => ({
  name: tableName ?? 'knex_migrations',
  schema: schemaName,
});

/** The table, or the one of the lock, as SQL names it. */
export const quoted = ({ name, schema }: MigrationTable, suffix = ''): string =>
  [...(schema ? [schema] : []), name + suffix].map(quote).join('.');

const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
