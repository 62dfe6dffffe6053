import type { Knex } from 'knex';
import type { EventBus } from 'microservice-runtime';
import type { Item } from '../models/item.ts';
import { itemCreated, itemDeleted, itemUpdated } from './item-events.ts';

export type ItemPublisher = ReturnType<typeof createItemPublisher>;

/** Publishes in the transaction that changes the item. Kafka gets the event only after the commit. */
export const createItemPublisher = (bus: EventBus) => ({
  created: (item: Item, trx: Knex.Transaction) => bus.publish(itemCreated.of(item.id, item), trx),
  updated: (item: Item, trx: Knex.Transaction) => bus.publish(itemUpdated.of(item.id, item), trx),
  deleted: (id: string, trx: Knex.Transaction) => bus.publish(itemDeleted.of(id, { id }), trx),
});
