import joi from 'joi';
import type { Knex } from 'knex';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { defineEvent } from '../../../src/runtime/events/event/definition.ts';
import { up as createOutboxTable } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createParkedTables } from '../../../src/runtime/tables/event-parked.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';

export interface Order {
  id: string;
  total: number;
}

export const orderPlaced = defineEvent<Order>({
  type: 'order.placed',
  version: 1,
  topic: 'order.events',
  aggregate: 'order',
  schema: joi.object<Order>({ id: joi.string().required(), total: joi.number().required() }),
});

export interface OutboxDatabase {
  url: string;
  database: Knex;
  close(): Promise<void>;
}

/** Creates a database with the tables of an outbox and a table of orders. */
export async function createOutboxDatabase(poolMax = 10): Promise<OutboxDatabase> {
  const created: TestDatabase = await createDatabase();
  const database = connectDatabase({
    databaseUrl: created.url,
    databasePoolMax: poolMax,
    serviceName: 'order-service',
  });
  await createOutboxTable(database);
  await createParkedTables(database);
  await database.schema.createTable('orders', (table) => {
    table.text('id').primary();
    table.integer('total');
  });
  return {
    url: created.url,
    database,
    async close() {
      await database.destroy();
      await created.drop();
    },
  };
}
