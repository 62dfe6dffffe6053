import type { Knex } from 'knex';

/**
 * Which events a consumer group has handled (`event_inbox`, an event is known by its source and its id: CloudEvents 1.0,
 * "source + id is unique"), and how far it is in each partition (`event_positions`, the next offset to handle). `resets`
 * counts how often a position was set back, so that a consumer which knows an older count does not write to it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('event_inbox', (table) => {
    table.text('consumer_group').notNullable();
    table.text('source').notNullable();
    table.text('event_id').notNullable();
    table.text('topic').notNullable();
    table.timestamp('received_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    table.primary(['consumer_group', 'source', 'event_id']);
    table.index(['received_at']);
  });
  await knex.schema.createTable('event_positions', (table) => {
    table.text('consumer_group').notNullable();
    table.text('topic').notNullable();
    table.integer('partition').notNullable();
    table.bigInteger('position').notNullable();
    table.integer('resets').notNullable().defaultTo(0);
    table.timestamp('updated_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
    table.primary(['consumer_group', 'topic', 'partition']);
  });
}

/** Refuses while rows remain: without them every event still in Kafka would be handled again. */
export async function down(knex: Knex): Promise<void> {
  for (const table of ['event_inbox', 'event_positions']) {
    if (await knex(table).first()) {
      throw new Error(
        `table ${table} has rows, and without them events would be handled again; delete the rows yourself if that is what you want, then roll back`,
      );
    }
  }
  await knex.schema.dropTable('event_positions');
  await knex.schema.dropTable('event_inbox');
}
