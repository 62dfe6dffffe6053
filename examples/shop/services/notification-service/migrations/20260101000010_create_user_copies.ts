import type { Knex } from 'knex';

export const up = (knex: Knex) =>
  knex.schema.createTable('user_copies', (table) => {
    table.text('id').primary();
    table.text('email');
    table.text('name');
    table.integer('age');
    table.boolean('active');
    table.timestamp('copied_at', { precision: 3 }).notNullable().defaultTo(knex.fn.now(3));
    table.index(['copied_at', 'id']);
  });

export const down = (knex: Knex) => knex.schema.dropTable('user_copies');
