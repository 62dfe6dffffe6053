import joi from 'joi';
import { defineEvent } from 'microservice-runtime';

/** The data of each reply: to a request, or to its cancellation. */
export interface PlaceOrderReply {
  /** The id of the saga. */
  orderId: string;
  /** The id of the request. */
  requestId: string;
}

const reply = joi
  .object<PlaceOrderReply>({ orderId: joi.string().required(), requestId: joi.string().required() })
  .label('PlaceOrderReply');

export const paymentProcessed = defineEvent({
  type: 'payment.processed',
  version: 1,
  topic: 'payment.events',
  aggregate: 'payment',
  schema: reply,
});
export const paymentFailed = defineEvent({
  type: 'payment.failed',
  version: 1,
  topic: 'payment.events',
  aggregate: 'payment',
  schema: reply,
});
export const paymentRefunded = defineEvent({
  type: 'payment.refunded',
  version: 1,
  topic: 'payment.events',
  aggregate: 'payment',
  schema: reply,
});
export const inventoryReserved = defineEvent({
  type: 'inventory.reserved',
  version: 1,
  topic: 'inventory.events',
  aggregate: 'inventory',
  schema: reply,
});
export const inventoryFailed = defineEvent({
  type: 'inventory.failed',
  version: 1,
  topic: 'inventory.events',
  aggregate: 'inventory',
  schema: reply,
});
export const inventoryReleased = defineEvent({
  type: 'inventory.released',
  version: 1,
  topic: 'inventory.events',
  aggregate: 'inventory',
  schema: reply,
});
