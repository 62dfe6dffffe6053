import type { Knex } from 'knex';

/**
 * Creates the table of events that are saved and not yet in Kafka. A row's lane is a hash of its topic and key, by the
 * function that hash partitioning uses; the rows of a lane are sent in the order of their ids. The number of lanes, 16, is
 * part of this schema: with another number, new events of a key would enter a different lane from those that still wait.
 *
 * Every row is inserted and soon deleted, so vacuum must run often and at full speed.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table event_outbox (
      lane smallint not null
        generated always as ((hashtextextended(topic || ' ' || key, 0) & 15)::smallint) stored,
      id bigint not null generated always as identity,
      topic text not null,
      key text not null,
      headers jsonb not null,
      payload text not null,
      created_at timestamptz not null default clock_timestamp(),
      primary key (lane, id)
    ) with (
      autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
      toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000,
      toast.autovacuum_vacuum_cost_delay = 0
    )`);
}

/** Refuses to run while rows remain: these events were promised but not sent. */
export async function down(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw('lock table event_outbox in access exclusive mode');
    if (await trx('event_outbox').first('id')) {
      throw new Error(
        'table event_outbox has rows, which are events that were not sent to Kafka yet; let the service run until it is empty, or delete the rows yourself if they may be lost, then roll back',
      );
    }
    await trx.schema.dropTable('event_outbox');
  });
}
