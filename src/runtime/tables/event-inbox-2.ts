import type { Knex } from 'knex';

/**
 * Columns that tell the log of a topic from another one of the same name, which was made after the topic had been deleted:
 * the id of the topic as Kafka writes it (KIP-516), and a record that the group has seen, by its offset, its timestamp in
 * milliseconds since 1970, and a digest of its bytes. Each is null where nothing is known; see decisions/inbox-and-positions.md.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table event_positions
      add column topic_id text,
      add column witness_offset bigint,
      add column witness_timestamp bigint,
      add column witness_digest bytea`);
}

/** Forgets which logs the positions are of; the positions stay. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table event_positions
      drop column topic_id,
      drop column witness_offset,
      drop column witness_timestamp,
      drop column witness_digest`);
}
