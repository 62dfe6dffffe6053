import path from 'node:path';
import type { Knex } from 'knex';
import { hasCode } from '../database/error-kind.ts';
import { SQL_STATE } from '../database/sql-state.ts';
import { createMigrationSource } from './migration-source.ts';
import { migrationTable, quoted, type MigrationTable } from './migration-table.ts';
import { ownKnexConfig } from './own-knex-config.ts';
import { serviceFiles } from '../service/service-files.ts';

/**
 * Returns the names of the service's migrations that the database has not run, in order. It is one small query, and neither
 * locks nor creates anything, so a readiness check may call it. Migrations that only the database knows (a newer version ran)
 * are ignored.
 * @param root the service's folder; default: the working directory
 */
export async function pendingMigrations(database: Knex, root = process.cwd()): Promise<string[]> {
  const settings = (await ownKnexConfig(root))?.migrations;
  const names = await migrationNames(settings?.migrationSource, root);
  const applied = await appliedMigrations(database, migrationTable(settings));
  return names.filter((name) => !applied.has(name));
}

async function migrationNames(
  source: Knex.MigrationSource<unknown> | undefined,
  root: string,
): Promise<string[]> {
  const found = source ?? createMigrationSource(path.join(serviceFiles(root).base, 'migrations'));
  return (await found.getMigrations([])).map((migration) => found.getMigrationName(migration));
}

/** Uses raw SQL, whose names stay as they are: the owner may have named the table `myMigrations`. */
async function appliedMigrations(database: Knex, table: MigrationTable): Promise<Set<string>> {
  try {
    const name = quoted(table).replaceAll('?', String.raw`\?`);
    const { rows } = await database.raw<{ rows: { name: string }[] }>(`select "name" from ${name}`);
    return new Set(rows.map((row) => row.name));
  } catch (error) {
    if (hasCode(error, SQL_STATE.UNDEFINED_TABLE)) return new Set();
    throw error;
  }
}
