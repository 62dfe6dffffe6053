import joi from 'joi';
import { defineEvent, uuidString, type FieldSchemas } from 'microservice-runtime';

/** The data of a request of order-service, and of its cancel. */
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
    quantity: joi.number().integer().required(),
  } satisfies FieldSchemas<InventoryRequest>)
  .label('InventoryRequest');

const stream = { topic: 'order.events', aggregate: 'order', version: 1, schema: inventoryRequest };

export const inventoryRequested = defineEvent({ ...stream, type: 'order.inventory-requested' });
export const inventoryCancelled = defineEvent({ ...stream, type: 'order.inventory-cancelled' });
