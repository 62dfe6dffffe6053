import type { Knex } from 'knex';
import { keysOf, pageFinder, type Page } from 'microservice-runtime';
import type { NewPayment, Payment, PaymentChanges, PaymentQuery } from '../models/payment.ts';
import { paymentSchema } from '../schemas/payment-schema.ts';

const columns = keysOf(paymentSchema);
const findPage = pageFinder(paymentSchema);

export type PaymentRepository = ReturnType<typeof createPaymentRepository>;

/** All SQL for payments. A call without `trx` is its own transaction. */
export const createPaymentRepository = (database: Knex) => ({
  find: async (id: string, trx: Knex = database): Promise<Payment | undefined> =>
    trx('payments').where({ id }).first(columns),

  /** Finds and locks a payment: other transactions cannot change the row until this one ends. */
  lock: async (id: string, trx: Knex): Promise<Payment | undefined> =>
    trx('payments').where({ id }).forUpdate().first(columns),

  /** Oldest first, unless the query states another order. */
  list: async (query: PaymentQuery, trx: Knex = database): Promise<Page<Payment>> =>
    findPage(trx('payments').select(columns), query),

  insert: async (newPayment: NewPayment, trx: Knex = database): Promise<Payment> => {
    const [row] = await trx('payments').insert(newPayment).returning(columns);
    return row;
  },

  update: async (id: string, changes: PaymentChanges, trx: Knex = database): Promise<Payment | undefined> => {
    const values = { ...changes, updatedAt: trx.fn.now(3) };
    const [row] = await trx('payments').where({ id }).update(values).returning(columns);
    return row;
  },

  /** Resolves to the stored id, or to undefined if no row has the id. */
  remove: async (id: string, trx: Knex = database): Promise<string | undefined> => {
    const [row] = await trx('payments').where({ id }).delete().returning('id');
    return row?.id;
  },
});
