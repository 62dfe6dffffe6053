import type { Knex } from 'knex';
import { NotFoundError, type Precondition } from 'microservice-runtime';
import type { ItemPublisher } from '../events/item-publisher.ts';
import type { NewItem, ItemChanges, ItemQuery } from '../models/item.ts';
import type { ItemRepository } from '../repositories/item-repository.ts';

interface Dependencies {
  database: Knex;
  items: ItemRepository;
  publish: ItemPublisher;
}

export type ItemService = ReturnType<typeof createItemService>;

/** One transaction saves each change and its event: both or neither. Within a transaction that you pass, it is a savepoint. */
export function createItemService({ database, items, publish }: Dependencies) {
  /** Locks the row before it checks the precondition, so that no other transaction can change it in between. */
  async function checkPrecondition(precondition: Precondition, id: string, trx: Knex) {
    const item = await items.lock(id, trx);
    if (!item) throw notFound(id);
    precondition(item);
  }

  return {
    list: (query: ItemQuery, trx?: Knex) => items.list(query, trx),

    get: async (id: string, trx?: Knex) => {
      const item = await items.find(id, trx);
      if (!item) throw notFound(id);
      return item;
    },

    create: (newItem: NewItem, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        const item = await items.insert(newItem, trx);
        await publish.created(item, trx);
        return item;
      }),

    update: (id: string, changes: ItemChanges, precondition?: Precondition, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (precondition) await checkPrecondition(precondition, id, trx);
        const item = await items.update(id, changes, trx);
        if (!item) throw notFound(id);
        await publish.updated(item, trx);
        return item;
      }),

    remove: (id: string, precondition?: Precondition, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (precondition) await checkPrecondition(precondition, id, trx);
        const removedId = await items.remove(id, trx);
        if (!removedId) throw notFound(id);
        await publish.deleted(removedId, trx);
      }),
  };
}

const notFound = (id: string) => new NotFoundError(`No item has the id ${id}`);
