import type { Knex } from 'knex';
import type { EventBus } from 'microservice-runtime';
import type { Payment } from '../models/payment.ts';
import { paymentCreated, paymentDeleted, paymentUpdated } from './payment-events.ts';

export type PaymentPublisher = ReturnType<typeof createPaymentPublisher>;

/** Publishes in the transaction that changes the payment. Kafka gets the event only after the commit. */
export const createPaymentPublisher = (bus: EventBus) => ({
  created: (payment: Payment, trx: Knex.Transaction) =>
    bus.publish(paymentCreated.of(payment.id, payment), trx),
  updated: (payment: Payment, trx: Knex.Transaction) =>
    bus.publish(paymentUpdated.of(payment.id, payment), trx),
  deleted: (id: string, trx: Knex.Transaction) => bus.publish(paymentDeleted.of(id, { id }), trx),
});
