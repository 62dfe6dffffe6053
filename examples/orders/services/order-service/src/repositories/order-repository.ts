import type { Knex } from 'knex';
import { keysOf, toPage, type Page, type PageQuery } from 'microservice-runtime';
import type { NewOrder, Order, OrderChanges } from '../models/order.ts';
import { orderSchema } from '../schemas/order-schema.ts';

const columns = keysOf(orderSchema);

export type OrderRepository = ReturnType<typeof createOrderRepository>;

/** All SQL for orders. A call without `trx` is its own transaction. */
export const createOrderRepository = (database: Knex) => ({
  find: async (id: string, trx: Knex = database): Promise<Order | undefined> =>
    trx('orders').where({ id }).first(columns),

  /** Finds and locks an order: other transactions cannot change the row until this one ends. */
  lock: async (id: string, trx: Knex): Promise<Order | undefined> =>
    trx('orders').where({ id }).forUpdate().first(columns),

  /** Oldest first. */
  list: async ({ limit, after }: PageQuery, trx: Knex = database): Promise<Page<Order>> => {
    const query = trx('orders')
      .select(columns)
      .orderBy(['createdAt', 'id'])
      .limit(limit + 1);
    if (after) query.whereRaw('(created_at, id) > (?, ?)', [...after]);
    return toPage(await query, limit, ({ createdAt }) => createdAt);
  },

  insert: async (newOrder: NewOrder, trx: Knex = database): Promise<Order> => {
    const [row] = await trx('orders').insert(newOrder).returning(columns);
    return row;
  },

  update: async (id: string, changes: OrderChanges, trx: Knex = database): Promise<Order | undefined> => {
    const values = { ...changes, updatedAt: trx.fn.now(3) };
    const [row] = await trx('orders').where({ id }).update(values).returning(columns);
    return row;
  },

  /** Resolves to the stored id, or to undefined if no row has the id. */
  remove: async (id: string, trx: Knex = database): Promise<string | undefined> => {
    const [row] = await trx('orders').where({ id }).delete().returning('id');
    return row?.id;
  },
});
