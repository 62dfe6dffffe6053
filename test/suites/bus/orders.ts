import joi from 'joi';
import type { Knex } from 'knex';
import { defineEvent, type EventBus, type EventDefinition, type ReceivedEvent } from 'microservice-runtime';
import * as outboxTable from '../../../src/runtime/tables/event-outbox.ts';
import * as parkedTables from '../../../src/runtime/tables/event-parked.ts';
import { createInbox } from '../../support/tables.ts';

export interface Change {
  revision: number;
}

export type OrderChanged = EventDefinition<Change>;

/** An order numbers its revisions, so a consumer can tell whether one is missing, duplicated or out of order. */
export function orderChangedIn(topic: string): OrderChanged {
  return defineEvent<Change>({
    type: 'order.changed',
    version: 1,
    topic,
    aggregate: 'order',
    schema: joi.object({ revision: joi.number().integer().min(1).required() }),
  });
}

/** The database of the service that publishes. */
export async function createOrderTables(database: Knex): Promise<void> {
  await outboxTable.up(database);
  await createInbox(database);
  await parkedTables.up(database);
  await database.schema.createTable('orders', (table) => {
    table.text('id').primary();
    table.integer('revision').notNullable();
  });
}

/** The database of a consuming service: one row per effect, with no constraint that would hide a duplicate. */
export async function createEffectTables(database: Knex): Promise<void> {
  await outboxTable.up(database);
  await createInbox(database);
  await parkedTables.up(database);
  await database.schema.createTable('effects', (table) => {
    table.bigIncrements('place');
    table.text('order_id').notNullable();
    table.integer('revision').notNullable();
  });
}

/**
 * Changes an order and publishes it, like a service: one transaction, with the order's row locked. If the database's default
 * isolation level refuses the later transaction, it is repeated, as PostgreSQL requires for such a level (13.5).
 */
export async function changeOrder(
  database: Knex,
  bus: EventBus,
  orderChanged: OrderChanged,
  id: string,
): Promise<void> {
  for (;;) {
    try {
      return await changeOnce(database, bus, orderChanged, id);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === SERIALIZATION_FAILURE)) throw error;
    }
  }
}

const SERIALIZATION_FAILURE = '40001';

async function changeOnce(
  database: Knex,
  bus: EventBus,
  orderChanged: OrderChanged,
  id: string,
): Promise<void> {
  await database.transaction(async (trx) => {
    const [order] = await trx('orders')
      .insert({ id, revision: 1 })
      .onConflict('id')
      .merge({ revision: trx.raw('orders.revision + 1') })
      .returning<Change[]>('revision');
    await bus.publish(orderChanged.of(id, { revision: order?.revision ?? 0 }), trx);
  });
}

/** The effect of a change, in the transaction of its event. */
export async function noteEffect(
  { subject, data }: ReceivedEvent<Change>,
  trx: Knex.Transaction,
): Promise<void> {
  await trx('effects').insert({ order_id: subject, revision: data.revision });
}

export type Revisions = Record<string, number[]>;

/** The effects on each order, in order. */
export async function readEffects(database: Knex): Promise<Revisions> {
  const rows = await database('effects').orderBy('place').select('order_id', 'revision');
  return rows.reduce<Revisions>((all, { order_id, revision }) => {
    (all[order_id] ??= []).push(revision);
    return all;
  }, {});
}

/** The expected effects on each order: every revision, once, in order. */
export async function expectedEffects(database: Knex): Promise<Revisions> {
  const rows = await database('orders').select('id', 'revision');
  return Object.fromEntries(rows.map(({ id, revision }) => [id, upTo(revision)]));
}

export const upTo = (revision: number): number[] => Array.from({ length: revision }, (_, index) => index + 1);

/** The number of effects, whatever they are. */
export const countEffects = (effects: Revisions): number => Object.values(effects).flat().length;
