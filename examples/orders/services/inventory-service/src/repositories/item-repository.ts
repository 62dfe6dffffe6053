import type { Knex } from 'knex';
import { conflictOn, keysOf, pageFinder, type Page } from 'microservice-runtime';
import type { NewItem, Item, ItemChanges, ItemQuery } from '../models/item.ts';
import { itemSchema } from '../schemas/item-schema.ts';

const columns = keysOf(itemSchema);
const findPage = pageFinder(itemSchema);
const conflict = conflictOn<NewItem>({ items_name_unique: 'name' });

export type ItemRepository = ReturnType<typeof createItemRepository>;

/** All SQL for items. A call without `trx` is its own transaction. */
export const createItemRepository = (database: Knex) => ({
  find: async (id: string, trx: Knex = database): Promise<Item | undefined> =>
    trx('items').where({ id }).first(columns),

  /** Finds and locks an item: other transactions cannot change the row until this one ends. */
  lock: async (id: string, trx: Knex): Promise<Item | undefined> =>
    trx('items').where({ id }).forUpdate().first(columns),

  /** Oldest first, unless the query states another order. */
  list: async (query: ItemQuery, trx: Knex = database): Promise<Page<Item>> =>
    findPage(trx('items').select(columns), query),

  insert: async (newItem: NewItem, trx: Knex = database): Promise<Item> => {
    const [row] = await trx('items').insert(newItem).returning(columns).catch(conflict);
    return row;
  },

  update: async (id: string, changes: ItemChanges, trx: Knex = database): Promise<Item | undefined> => {
    const values = { ...changes, updatedAt: trx.fn.now(3) };
    const [row] = await trx('items').where({ id }).update(values).returning(columns).catch(conflict);
    return row;
  },

  /** Resolves to the stored id, or to undefined if no row has the id. */
  remove: async (id: string, trx: Knex = database): Promise<string | undefined> => {
    const [row] = await trx('items').where({ id }).delete().returning('id');
    return row?.id;
  },
});
