import joi from 'joi';
import { decimalString, defineEvent, type FieldSchemas } from 'microservice-runtime';

/** The data of an answer to a request of order-service. */
export interface PaymentReply {
  /** The id of the order. */
  orderId: string;
  /** The id of the request. */
  requestId: string;
}

export interface PaymentProcessed extends PaymentReply {
  amount: string;
}

const stream = { topic: 'payment.events', aggregate: 'payment', version: 1 };
const ids = { orderId: joi.string().required(), requestId: joi.string().required() };
const reply = joi.object<PaymentReply>(ids).label('PaymentReply');

export const paymentProcessed = defineEvent({
  ...stream,
  type: 'payment.processed',
  schema: joi
    .object<PaymentProcessed>({
      ...ids,
      amount: decimalString().required(),
    } satisfies FieldSchemas<PaymentProcessed>)
    .label('PaymentProcessed'),
});
export const paymentFailed = defineEvent({ ...stream, type: 'payment.failed', schema: reply });
export const paymentRefunded = defineEvent({ ...stream, type: 'payment.refunded', schema: reply });
