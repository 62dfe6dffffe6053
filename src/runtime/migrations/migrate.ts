import knexFactory, { type Knex } from 'knex';
import { knexLog } from '../database/knex-log.ts';

/** A migration failed; what it did is undone, unless it runs outside a transaction. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

/**
 * Runs what is pending, and resolves to the names of the migrations that this call ran: none when another migrator was
 * faster or nothing was pending. Rejects with a `MigrationError` that names the migration which failed. Safe to call from
 * any number of processes at once with a config of `knexConfig`.
 */
export async function migrateLatest(config: Knex.Config): Promise<string[]> {
  let current: string | undefined;
  const migrations = {
    ...config.migrations,
    // knex's types leave this hook out
    beforeEach: async (_database: unknown, [migration]: { file?: string }[]): Promise<void> => {
      current = migration?.file;
    },
  };
  const knex = knexFactory({
    ...config,
    log: knexLog(silent), // what it would say of a failure, the error says
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
