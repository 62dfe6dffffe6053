import type { Knex } from 'knex';
import { addParticipant, type EventBus } from 'microservice-runtime';
import type { Item } from '../models/item.ts';
import type { ItemService } from '../services/item-service.ts';
import { inventoryFailed, inventoryReleased, inventoryReserved } from './inventory-replies.ts';
import { inventoryCancelled, inventoryRequested } from './inventory-requests.ts';

/**
 * Answers the requests of order-service. `answer` runs once for each request, and `undo` at most once. Do all database work through
 * `trx`: the work and its answer are one transaction. To refuse a request, return `{ refused: inventoryFailed.of(...) }`.
 */
export function registerInventoryParticipant(bus: EventBus, items: ItemService): void {
  addParticipant(bus, {
    request: inventoryRequested,
    answer: async ({ subject, data: { requestId, itemId, quantity } }, trx) => {
      const item = await lock(itemId, trx);
      if (!item || quantity < 1 || item.quantity < quantity)
        return { refused: inventoryFailed.of(subject, { orderId: subject, requestId }) };
      await items.update(itemId, { quantity: item.quantity - quantity }, undefined, trx);
      return { done: inventoryReserved.of(subject, { orderId: subject, requestId, itemId, quantity }) };
    },
    compensation: {
      request: inventoryCancelled,
      undo: async ({ data: { itemId, quantity } }, trx) => {
        const item = await lock(itemId, trx);
        if (item) await items.update(itemId, { quantity: item.quantity + quantity }, undefined, trx);
      },
      confirm: ({ subject, data: { requestId } }) =>
        inventoryReleased.of(subject, { orderId: subject, requestId }),
    },
  });
}

/** Locks the row, so requests for the same item run one at a time. Resolves to undefined for an unknown id. */
const lock = (id: string, trx: Knex.Transaction) =>
  trx<Item>('items').where({ id }).forUpdate().first('quantity');
