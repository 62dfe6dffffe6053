import type { Knex } from 'knex';

/**
 * Adds columns that distinguish the log of a topic from a later one of the same name, created after the topic was deleted:
 * the topic's id as Kafka writes it (KIP-516), and a record that the group has seen, by its offset, its timestamp in
 * milliseconds since 1970, and a digest of its bytes. Each is null if it is unknown; see decisions/inbox-and-positions.md.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table event_positions
      add column topic_id text,
      add column witness_offset bigint,
      add column witness_timestamp bigint,
      add column witness_digest bytea`);
}

/** Drops the identity of the logs; the positions stay. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table event_positions
      drop column topic_id,
      drop column witness_offset,
      drop column witness_timestamp,
      drop column witness_digest`);
}
