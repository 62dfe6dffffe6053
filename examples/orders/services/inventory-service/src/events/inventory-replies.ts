import joi from 'joi';
import { defineEvent, uuidString, type FieldSchemas } from 'microservice-runtime';

/** The data of an answer to a request of order-service. */
export interface InventoryReply {
  /** The id of the order. */
  orderId: string;
  /** The id of the request. */
  requestId: string;
}

export interface InventoryReserved extends InventoryReply {
  itemId: string;
  quantity: number;
}

const stream = { topic: 'inventory.events', aggregate: 'inventory', version: 1 };
const ids = { orderId: joi.string().required(), requestId: joi.string().required() };
const reply = joi.object<InventoryReply>(ids).label('InventoryReply');

export const inventoryReserved = defineEvent({
  ...stream,
  type: 'inventory.reserved',
  schema: joi
    .object<InventoryReserved>({
      ...ids,
      itemId: uuidString().required(),
      quantity: joi.number().integer().min(-2_147_483_648).max(2_147_483_647).required(),
    } satisfies FieldSchemas<InventoryReserved>)
    .label('InventoryReserved'),
});
export const inventoryFailed = defineEvent({ ...stream, type: 'inventory.failed', schema: reply });
export const inventoryReleased = defineEvent({ ...stream, type: 'inventory.released', schema: reply });
