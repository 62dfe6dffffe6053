/** The migrations of a database. */
export interface MigrationList {
  /** The names of the migrations that have run. */
  applied: string[];
  /** The names of the migrations that have not run. */
  pending: string[];
}

/**
 * Prints the migrations of the service in the working directory as JSON, with its own knex and knexfile. `knex migrate:list` does
 * not know the names of pending migrations of a migration source.
 */
const program = `
import { writeSync } from 'node:fs';
import knex from 'knex';
import config from './knexfile.js';
const database = knex(config);
const source = config.migrations?.migrationSource;
const nameOf = (item) => item.name ?? source?.getMigrationName(item) ?? item.file;
try {
  const [applied, pending] = await database.migrate.list();
  writeSync(1, JSON.stringify({ applied: applied.map(nameOf), pending: pending.map(nameOf) }) + '\\n');
} catch (error) {
  writeSync(2, (error instanceof Error ? error.message : String(error)) + '\\n');
  process.exitCode = 1;
} finally {
  await database.destroy();
}
`;

/** The arguments of Node that print the list. */
export const migrationListArgs = ['--input-type=module', '--eval', program];

/** Reads the list; undefined if the program printed none. */
export function readMigrationList(output: readonly string[]): MigrationList | undefined {
  const line = output.findLast((each) => each.startsWith('{"applied":'));
  return line === undefined ? undefined : (JSON.parse(line) as MigrationList);
}
