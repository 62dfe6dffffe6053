import joi from 'joi';
import { decimalString, defineEvent, type FieldSchemas } from 'microservice-runtime';

/** The data of a request of order-service, and of its cancel. */
export interface PaymentRequest {
  /** Identifies the request. Its retries and its cancellation have the same id. */
  requestId: string;
  amount: string;
}

const paymentRequest = joi
  .object<PaymentRequest>({
    requestId: joi.string().required(),
    amount: decimalString().required(),
  } satisfies FieldSchemas<PaymentRequest>)
  .label('PaymentRequest');

const stream = { topic: 'order.events', aggregate: 'order', version: 1, schema: paymentRequest };

export const paymentRequested = defineEvent({ ...stream, type: 'order.payment-requested' });
export const paymentCancelled = defineEvent({ ...stream, type: 'order.payment-cancelled' });
