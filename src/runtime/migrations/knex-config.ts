import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { connectionError } from '../database/connection-error.ts';
import { connectionSettings } from '../database/connection.ts';
import { knexLog } from '../database/knex-log.ts';
import { directUrl, messageOnlyError } from './direct-url.ts';
import { loadEnvironmentFile } from '../service/environment-file.ts';
import { LOCK_WAIT, migrationPool } from './migration-pool.ts';
import { createMigrationSource } from './migration-source.ts';
import { migrationTable, type MigrationTable } from './migration-table.ts';
import { serviceFiles } from '../service/service-files.ts';
import { ownKnexConfig } from './own-knex-config.ts';
import { registerTypeScript } from '../service/typescript.ts';
import { terminalLog } from '../logging/terminal.ts';

export interface KnexConfigOptions {
  /** The database to migrate; if set, neither `.env` nor the environment is read for it. */
  databaseUrl?: string;
}

/**
 * The knexfile of the service at `root`: `export default await knexConfig(import.meta.dirname)`. With it `npx knex` needs no
 * flags, in development (.ts, through the service's tsx) and in the built image (.js in `dist/`), on the same database.
 * `.env` is loaded if it exists; the real environment takes precedence. A missing or unreachable database is reported when a
 * command needs it. Any number of migrators may run at once.
 */
export async function knexConfig(root: string, options: KnexConfigOptions = {}): Promise<Knex.Config> {
  if (!options.databaseUrl) loadEnvironmentFile(root);
  const { base, extension } = serviceFiles(root);
  if (extension === '.ts') await registerTypeScript(root);
  return {
    client: 'pg',
    connection: () => migrationConnection(options.databaseUrl),
    // seeds may use several connections and do not change the schema, so they need no lock
    ...(runs('seed:run')
      ? {}
      : {
          pool: migrationPool({ table: () => tableOf(root) }),
          acquireConnectionTimeout: LOCK_WAIT + 10_000,
        }),
    compileSqlOnError: false, // errors have `$1` for a value, and never the value
    log: knexLog(terminalLog),
    migrations: {
      extension: 'ts',
      disableMigrationsListValidation: extension === '.js', // an older image must start with a newer schema
      ...(runs('migrate:make')
        ? newMigrations(root)
        : { migrationSource: createMigrationSource(path.join(base, 'migrations')) }),
    },
    seeds: {
      directory: path.join(base, 'seeds'),
      extension: 'ts',
      loadExtensions: [extension],
      stub: fileURLToPath(new URL('seed.stub', import.meta.url)),
    },
  };
}

/** The owner's knexfile, which calls `knexConfig`, takes precedence. */
const tableOf = async (root: string): Promise<MigrationTable> =>
  migrationTable((await ownKnexConfig(root))?.migrations);

/** Reports whether this process is the knex command `command`. */
const runs = (command: string): boolean => process.argv.includes(command);

/** knex forbids `directory` together with `migrationSource`, and only `migrate:make` needs the directory. */
const newMigrations = (root: string): Knex.MigratorConfig => ({
  directory: path.join(root, 'migrations'),
  stub: fileURLToPath(new URL('migration.stub', import.meta.url)),
});

/** Knex calls this when it first connects. Only a connection of our own beforehand can report errors with a remedy. */
async function migrationConnection(databaseUrl?: string): Promise<Knex.PgConnectionConfig> {
  const { url, variable } = databaseUrl ? { url: databaseUrl, variable: 'DATABASE_URL' } : directUrl();
  const settings = connectionSettings(url, 'migrations');
  const client = new Client(settings);
  try {
    await client.connect();
  } catch (error) {
    throw messageOnlyError(connectionError(error, url, { variable }).message, error);
  } finally {
    await client.end().catch(() => {});
  }
  return settings;
}
