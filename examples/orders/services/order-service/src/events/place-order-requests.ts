import joi from 'joi';
import { decimalString, defineEvent, uuidString, type FieldSchemas } from 'microservice-runtime';

const stream = { topic: 'order.events', aggregate: 'order', version: 1 };

/** The data of a request to payment, and of its cancel. Add what the other service needs. */
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

export const paymentRequested = defineEvent({
  ...stream,
  type: 'order.payment-requested',
  schema: paymentRequest,
});
export const paymentCancelled = defineEvent({
  ...stream,
  type: 'order.payment-cancelled',
  schema: paymentRequest,
});

/** The data of a request to inventory, and of its cancel. Add what the other service needs. */
export interface InventoryRequest {
  /** Identifies the request. Its retries and its cancellation have the same id. */
  requestId: string;
  itemId: string;
  quantity: number;
}

const inventoryRequest = joi
  .object<InventoryRequest>({
    requestId: joi.string().required(),
    itemId: uuidString().required(),
    quantity: joi.number().integer().min(-2_147_483_648).max(2_147_483_647).required(),
  } satisfies FieldSchemas<InventoryRequest>)
  .label('InventoryRequest');

export const inventoryRequested = defineEvent({
  ...stream,
  type: 'order.inventory-requested',
  schema: inventoryRequest,
});
export const inventoryCancelled = defineEvent({
  ...stream,
  type: 'order.inventory-cancelled',
  schema: inventoryRequest,
});

const end = joi.object<{ id: string }>({ id: joi.string().required() }).label('PlaceOrderEnd');

export const orderConfirmed = defineEvent({ ...stream, type: 'order.confirmed', schema: end });
export const orderCancelled = defineEvent({ ...stream, type: 'order.cancelled', schema: end });
