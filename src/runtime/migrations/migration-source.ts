import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';

const CODE = /(?<!\.d)\.[cm]?[jt]s$/;

/** A migration by its name in the database. Knex prints `file` for pending ones. */
export interface MigrationFile {
  file: string;
  path: string;
}

/**
 * The migrations of a folder, named without extension: `x.ts` in development and `x.js` in the image are the same migration.
 * Knex's own source keeps the extension, and would report the other one as missing.
 */
export function createMigrationSource(directory: string): Knex.MigrationSource<MigrationFile> {
  return {
    getMigrations: () => migrationFiles(directory),
    getMigrationName(migration?: MigrationFile) {
      if (!migration) throw new Error(NOT_IN_THIS_BUILD);
      return migration.file;
    },
    async getMigration(migration) {
      const code: Knex.Migration = await import(pathToFileURL(migration.path).href);
      return code;
    },
  };
}

// when it rolls back, knex passes `undefined` for a migration that the folder does not have
const NOT_IN_THIS_BUILD =
  'the last batch contains a migration that is not in this folder: the database is newer than this code. ' +
  'Roll back with the version of the service that contains the migration';

/** Returns the migrations of a folder in the order in which they run; none if the folder does not exist. */
export async function migrationFiles(directory: string): Promise<MigrationFile[]> {
  const names = (await filesOf(directory)).filter((name) => CODE.test(name)).toSorted();
  const files = names.map((name) => ({ file: name.replace(CODE, ''), path: path.join(directory, name) }));
  const twice = files.find(({ file }, index) => files[index + 1]?.file === file);
  if (twice) throw new Error(`${directory} contains two migrations named ${twice.file}; remove one`);
  return files;
}

async function filesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
