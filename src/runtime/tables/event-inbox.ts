import type { Knex } from 'knex';

/**
 * Creates `event_inbox`, the events that a consumer group has handled (an event is identified by its source and its id:
 * CloudEvents 1.0, "source + id is unique"), and `event_positions`, the group's next offset in each partition. `resets`
 * counts how often a position was set back: a consumer that knows an older count does not write to it.
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

/** Refuses to run while rows remain: without them, every event still in Kafka would be handled again. */
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
