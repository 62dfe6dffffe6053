import type { Knex } from 'knex';

/** The table in which Knex records migrations. Its lock table has the same name with the suffix `_lock`. */
export interface MigrationTable {
  name: string;
  /** Undefined means the first schema of the search path. */
  schema?: string | undefined;
}

/** Returns the knexfile's setting, or Knex's default. */
export const migrationTable = ({ tableName, schemaName }: Knex.MigratorConfig = {}): MigrationTable => ({
  name: tableName ?? 'knex_migrations',
  schema: schemaName,
});

/** Returns the quoted SQL name of the table, or of the lock table. */
export const quoted = ({ name, schema }: MigrationTable, suffix = ''): string =>
  [...(schema ? [schema] : []), name + suffix].map(quote).join('.');

const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
