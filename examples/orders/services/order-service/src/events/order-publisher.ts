import type { Knex } from 'knex';
import type { EventBus } from 'microservice-runtime';
import type { Order } from '../models/order.ts';
import { orderCreated, orderDeleted, orderUpdated } from './order-events.ts';

export type OrderPublisher = ReturnType<typeof createOrderPublisher>;

/** Publishes in the transaction that changes the order. Kafka gets the event only after the commit. */
export const createOrderPublisher = (bus: EventBus) => ({
  created: (order: Order, trx: Knex.Transaction) => bus.publish(orderCreated.of(order.id, order), trx),
  updated: (order: Order, trx: Knex.Transaction) => bus.publish(orderUpdated.of(order.id, order), trx),
  deleted: (id: string, trx: Knex.Transaction) => bus.publish(orderDeleted.of(id, { id }), trx),
});
