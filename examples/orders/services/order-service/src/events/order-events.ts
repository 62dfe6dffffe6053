import joi from 'joi';
import { defineEvent, uuidString } from 'microservice-runtime';
import { orderSchema } from '../schemas/order-schema.ts';

const stream = { topic: 'order.events', aggregate: 'order' };

// Other services consume these events. You can add an optional field; any other change needs a new version.
export const orderCreated = defineEvent({
  ...stream,
  type: 'order.created',
  version: 1,
  schema: orderSchema,
});
export const orderUpdated = defineEvent({
  ...stream,
  type: 'order.updated',
  version: 1,
  schema: orderSchema,
});
export const orderDeleted = defineEvent({
  ...stream,
  type: 'order.deleted',
  version: 1,
  schema: joi.object<{ id: string }>({ id: uuidString().required() }).label('OrderDeleted'),
});
