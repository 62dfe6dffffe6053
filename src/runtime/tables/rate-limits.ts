import type { Knex } from 'knex';

/**
 * Creates `rate_limits`: for each key, the requests that it has sent in its window, and the end of the window in milliseconds
 * since 1970. rate-limiter-flexible names the columns and relies on their order.
 *
 * The table is unlogged: a count is not worth a wait for the disk, so the counts are lost when PostgreSQL crashes or fails over.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create unlogged table rate_limits (
      key text primary key,
      points integer not null,
      expire bigint not null
    ) with (
      fillfactor = 50,
      autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0
    )`);
  await knex.raw('create index rate_limits_expire on rate_limits (expire)');
}

/** Drops the table with its counts: every window starts again. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('rate_limits');
}
