import path from 'node:path';
import type { Knex } from 'knex';
import { migrationFiles } from './migration-source.ts';
import { serviceFiles } from './service-files.ts';

const UNDEFINED_TABLE = '42P01';

/**
 * The names of the service's migrations that the database has not seen, in order. One small query, nothing is locked and
 * nothing created, so a readiness check may ask. Migrations that only the database knows (a newer version ran) are fine.
 * @param root the service's folder; the current one unless told
 */
export async function pendingMigrations(database: Knex, root = process.cwd()): Promise<string[]> {
  const files = await migrationFiles(path.join(serviceFiles(root).base, 'migrations'));
  const applied = await appliedMigrations(database);
  return files.map(({ file }) => file).filter((name) => !applied.has(name));
}

async function appliedMigrations(database: Knex): Promise<Set<string>> {
  try {
    return new Set(await database('knex_migrations').pluck('name'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE) return new Set();
    throw error;
  }
}
