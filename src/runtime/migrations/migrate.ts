import knexFactory, { type Knex } from 'knex';
import { knexLog } from '../database/knex-log.ts';

/** A migration failed; its changes are rolled back, unless it runs outside a transaction. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

/**
 * Runs the pending migrations, and resolves to the names of those that this call ran: none if another migrator was faster or
 * nothing was pending. Rejects with a `MigrationError` that names the failed migration. Safe to call from any number of
 * processes at once with a config of `knexConfig`.
 */
export async function migrateLatest(config: Knex.Config): Promise<string[]> {
  let current: string | undefined;
  const migrations = {
    ...config.migrations,
    // knex's types omit this hook
    beforeEach: async (_database: unknown, [migration]: { file?: string }[]): Promise<void> => {
      current = migration?.file;
    },
  };
  const knex = knexFactory({
    ...config,
    log: knexLog(silent), // the error has the same information
    migrations,
  });
  try {
    const [, names]: [number, string[]] = await knex.migrate.latest();
    return names;
  } catch (error) {
    if (!current || !(error instanceof Error)) throw error;
    throw new MigrationError(`migration ${current} failed: ${error.message}`, { cause: error });
  } finally {
    await knex.destroy();
  }
}

const silent = { warn() {}, error() {}, debug() {} };
