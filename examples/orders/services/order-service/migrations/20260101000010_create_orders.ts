import type { Knex } from 'knex';

export const up = (knex: Knex) =>
  knex.schema.createTable('orders', (table) => {
    table.uuid('id').primary().defaultTo(knex.fn.uuid());
    table.uuid('item_id').notNullable();
    table.integer('quantity').notNullable();
    table.decimal('amount', null).notNullable();
    table
      .text('status')
      .notNullable()
      .defaultTo('PENDING')
      .checkIn(['PENDING', 'CONFIRMED', 'CANCELLED'], 'orders_status_check');
    // Milliseconds, like a Date: a page that starts after a time must not contain that time again.
    table.timestamp('created_at', { precision: 3 }).notNullable().defaultTo(knex.fn.now(3));
    table.timestamp('updated_at', { precision: 3 }).notNullable().defaultTo(knex.fn.now(3));
    table.index(['created_at', 'id']);
  });

export const down = (knex: Knex) => knex.schema.dropTable('orders');
