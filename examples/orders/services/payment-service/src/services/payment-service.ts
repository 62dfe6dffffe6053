import type { Knex } from 'knex';
import { NotFoundError, type Precondition } from 'microservice-runtime';
import type { PaymentPublisher } from '../events/payment-publisher.ts';
import type { NewPayment, PaymentChanges, PaymentQuery } from '../models/payment.ts';
import type { PaymentRepository } from '../repositories/payment-repository.ts';

interface Dependencies {
  database: Knex;
  payments: PaymentRepository;
  publish: PaymentPublisher;
}

export type PaymentService = ReturnType<typeof createPaymentService>;

/** One transaction saves each change and its event: both or neither. Within a transaction that you pass, it is a savepoint. */
export function createPaymentService({ database, payments, publish }: Dependencies) {
  /** Locks the row before it checks the precondition, so that no other transaction can change it in between. */
  async function checkPrecondition(precondition: Precondition, id: string, trx: Knex) {
    const payment = await payments.lock(id, trx);
    if (!payment) throw notFound(id);
    precondition(payment);
  }

  return {
    list: (query: PaymentQuery, trx?: Knex) => payments.list(query, trx),

    get: async (id: string, trx?: Knex) => {
      const payment = await payments.find(id, trx);
      if (!payment) throw notFound(id);
      return payment;
    },

    create: (newPayment: NewPayment, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        const payment = await payments.insert(newPayment, trx);
        await publish.created(payment, trx);
        return payment;
      }),

    update: (id: string, changes: PaymentChanges, precondition?: Precondition, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (precondition) await checkPrecondition(precondition, id, trx);
        const payment = await payments.update(id, changes, trx);
        if (!payment) throw notFound(id);
        await publish.updated(payment, trx);
        return payment;
      }),

    remove: (id: string, precondition?: Precondition, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (precondition) await checkPrecondition(precondition, id, trx);
        const removedId = await payments.remove(id, trx);
        if (!removedId) throw notFound(id);
        await publish.deleted(removedId, trx);
      }),
  };
}

const notFound = (id: string) => new NotFoundError(`No payment has the id ${id}`);
