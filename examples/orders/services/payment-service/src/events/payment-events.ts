import joi from 'joi';
import { defineEvent, uuidString } from 'microservice-runtime';
import { paymentSchema } from '../schemas/payment-schema.ts';

const stream = { topic: 'payment.events', aggregate: 'payment' };

// Other services consume these events. You can add an optional field; any other change needs a new version.
export const paymentCreated = defineEvent({
  ...stream,
  type: 'payment.created',
  version: 1,
  schema: paymentSchema,
});
export const paymentUpdated = defineEvent({
  ...stream,
  type: 'payment.updated',
  version: 1,
  schema: paymentSchema,
});
export const paymentDeleted = defineEvent({
  ...stream,
  type: 'payment.deleted',
  version: 1,
  schema: joi.object<{ id: string }>({ id: uuidString().required() }).label('PaymentDeleted'),
});
