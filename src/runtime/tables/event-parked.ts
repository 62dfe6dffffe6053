import type { Knex } from 'knex';

/**
 * Creates `event_parked_keys`, the keys with waiting events, and `event_parked`, these events in order: the first one of a
 * key could not be handled or sent, and later ones queue behind it. The consumer group of outgoing events is ''. A key that
 * is `dead` waits for an operator, the others until `next_try_at`.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table event_parked_keys (
      consumer_group text not null,
      topic text not null,
      key text not null,
      state text not null check (state in ('parked', 'dead')),
      reason text not null,
      error text not null,
      attempts integer not null,
      next_try_at timestamptz,
      parked_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (consumer_group, topic, key),
      check ((state = 'dead') = (next_try_at is null))
    )`);
  await knex.raw(`
    create index event_parked_keys_due on event_parked_keys (consumer_group, next_try_at) where state = 'parked'`);
  await knex.raw(`
    create table event_parked (
      id bigint generated always as identity primary key,
      consumer_group text not null,
      topic text not null,
      key text not null,
      partition integer,
      position bigint,
      source text,
      event_id text,
      type text,
      headers jsonb not null,
      raw_key bytea,
      value bytea,
      received_at timestamptz,
      parked_at timestamptz not null default now()
    )`);
  await knex.raw('create index event_parked_queue on event_parked (consumer_group, topic, key, id)');
}

/** Refuses to run while rows remain: these events were promised to a consumer. */
export async function down(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw('lock table event_parked_keys, event_parked in access exclusive mode');
    for (const table of ['event_parked', 'event_parked_keys']) {
      if (!(await trx(table).first())) continue;
      throw new Error(
        `table ${table} has rows, which are events that were not handled or not sent yet; redrive them, or drop them if they may be lost, then roll back`,
      );
    }
    await trx.schema.dropTable('event_parked');
    await trx.schema.dropTable('event_parked_keys');
  });
}
