import type { Knex } from 'knex';
import { NotFoundError, type PageQuery, type Precondition } from 'microservice-runtime';
import type { OrderPublisher } from '../events/order-publisher.ts';
import type { NewOrder, OrderChanges } from '../models/order.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';

interface Dependencies {
  database: Knex;
  orders: OrderRepository;
  publish: OrderPublisher;
}

export type OrderService = ReturnType<typeof createOrderService>;

/** One transaction saves each change and its event: both or neither. Within a transaction that you pass, it is a savepoint. */
export function createOrderService({ database, orders, publish }: Dependencies) {
  /** Locks the row before it checks the precondition, so that no other transaction can change it in between. */
  async function checkPrecondition(precondition: Precondition, id: string, trx: Knex) {
    const order = await orders.lock(id, trx);
    if (!order) throw notFound(id);
    precondition(order);
  }

  return {
    list: (query: PageQuery, trx?: Knex) => orders.list(query, trx),

    get: async (id: string, trx?: Knex) => {
      const order = await orders.find(id, trx);
      if (!order) throw notFound(id);
      return order;
    },

    create: (newOrder: NewOrder, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        const order = await orders.insert(newOrder, trx);
        await publish.created(order, trx);
        return order;
      }),

    update: (id: string, changes: OrderChanges, precondition?: Precondition, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (precondition) await checkPrecondition(precondition, id, trx);
        const order = await orders.update(id, changes, trx);
        if (!order) throw notFound(id);
        await publish.updated(order, trx);
        return order;
      }),

    remove: (id: string, precondition?: Precondition, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (precondition) await checkPrecondition(precondition, id, trx);
        const removedId = await orders.remove(id, trx);
        if (!removedId) throw notFound(id);
        await publish.deleted(removedId, trx);
      }),
  };
}

const notFound = (id: string) => new NotFoundError(`No order has the id ${id}`);
