import knexFactory, { type Knex } from 'knex';

/**
 * Runs what is pending, and resolves to the names of the migrations that this call ran: none when another migrator was
 * faster or nothing was pending. Safe to call from any number of processes at once with a config of `knexConfig`.
 */
export async function migrateLatest(config: Knex.Config): Promise<string[]> {
  const knex = knexFactory(config);
  try {
    const [, names]: [number, string[]] = await knex.migrate.latest();
    return names;
  } finally {
    await knex.destroy();
  }
}
