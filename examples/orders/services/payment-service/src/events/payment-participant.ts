import { addParticipant, type EventBus } from 'microservice-runtime';
import type { Payment } from '../models/payment.ts';
import type { PaymentService } from '../services/payment-service.ts';
import { paymentProcessed, paymentRefunded } from './payment-replies.ts';
import { paymentCancelled, paymentRequested } from './payment-requests.ts';

/**
 * Answers the requests of order-service. `answer` runs once for each request, and `undo` at most once. Do all database work through
 * `trx`: the work and its answer are one transaction. To refuse a request, return `{ refused: paymentFailed.of(...) }`.
 */
export function registerPaymentParticipant(bus: EventBus, payments: PaymentService): void {
  addParticipant(bus, {
    request: paymentRequested,
    answer: async ({ subject, data: { requestId, amount } }, trx) => {
      await payments.create({ orderId: subject, amount }, trx);
      return { done: paymentProcessed.of(subject, { orderId: subject, requestId, amount }) };
    },
    compensation: {
      request: paymentCancelled,
      undo: async ({ subject }, trx) => {
        const ids = await trx<Payment>('payments').where({ orderId: subject }).pluck('id');
        for (const id of ids) await payments.update(id, { status: 'REFUNDED' }, undefined, trx);
      },
      confirm: ({ subject, data: { requestId } }) =>
        paymentRefunded.of(subject, { orderId: subject, requestId }),
    },
  });
}
