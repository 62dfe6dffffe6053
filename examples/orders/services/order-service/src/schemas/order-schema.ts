import joi from 'joi';
import {
  decimalString,
  pageSchemaOf,
  timestampString,
  uuidString,
  type FieldSchemas,
} from 'microservice-runtime';
import type { NewOrder, Order, OrderChanges } from '../models/order.ts';

const fields = {
  itemId: uuidString(),
  quantity: joi.number().integer().min(-2_147_483_648).max(2_147_483_647),
  amount: decimalString(),
  status: joi.string().valid('PENDING', 'CONFIRMED', 'CANCELLED'),
} satisfies FieldSchemas<NewOrder>;

/** The body of a request that creates an order. */
export const newOrderSchema = joi
  .object<NewOrder>({
    itemId: fields.itemId.required(),
    quantity: fields.quantity.required(),
    amount: fields.amount.required(),
    status: fields.status.default('PENDING'),
  } satisfies FieldSchemas<NewOrder>)
  .required()
  .label('NewOrder');

/** The body of a request that changes an order: at least one field. */
export const orderChangesSchema = joi.object<OrderChanges>(fields).min(1).required().label('OrderChanges');

/** The body of responses, and the data of events. The repository reads these columns. */
export const orderSchema = joi
  .object<Order>({
    id: uuidString().required(),
    itemId: fields.itemId.required(),
    quantity: fields.quantity.required(),
    amount: fields.amount.required(),
    status: fields.status.required(),
    createdAt: timestampString().required(),
    updatedAt: timestampString().required(),
  } satisfies FieldSchemas<Order>)
  .label('Order');

export const orderPageSchema = pageSchemaOf(orderSchema).label('OrderPage');

export const orderIdSchema = joi.object<{ id: string }>({ id: uuidString().required() });
