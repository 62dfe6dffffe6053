import joi from 'joi';
import type { Knex } from 'knex';
import {
  NotFoundError,
  decimalString,
  defineSaga,
  reply,
  startedBy,
  step,
  uuidString,
  type EventDefinition,
  type FieldSchemas,
} from 'microservice-runtime';
import { orderCreated } from '../events/order-events.ts';
import {
  inventoryFailed,
  inventoryReleased,
  inventoryReserved,
  paymentFailed,
  paymentProcessed,
  paymentRefunded,
  type PlaceOrderReply,
} from '../events/place-order-replies.ts';
import {
  inventoryCancelled,
  inventoryRequested,
  orderCancelled,
  orderConfirmed,
  paymentCancelled,
  paymentRequested,
} from '../events/place-order-requests.ts';
import type { OrderService } from '../services/order-service.ts';

/** The state of the saga, stored as JSON. Add the fields that its steps need. Changing a field requires a new version and an upcast. */
export interface PlaceOrder {
  orderId: string;
  amount: string;
  itemId: string;
  quantity: number;
}

const state = joi.object<PlaceOrder>({
  orderId: joi.string().required(),
  amount: decimalString().required(),
  itemId: uuidString().required(),
  quantity: joi.number().integer().required(),
} satisfies FieldSchemas<PlaceOrder>);

const answer = (definition: EventDefinition<PlaceOrderReply>) =>
  reply<PlaceOrder, PlaceOrderReply>(definition, {
    id: ({ data }) => data.orderId,
    requestId: ({ data }) => data.requestId,
  });

/** Requests the steps in order. If a step fails, the steps before it are undone. If it times out, it is undone, too. */
export const placeOrderSaga = defineSaga(
  {
    name: 'place-order',
    version: 1,
    state,
    startedBy: startedBy(orderCreated, {
      id: ({ subject }) => subject,
      state: ({ subject, data }) => ({
        orderId: subject,
        amount: data.amount,
        itemId: data.itemId,
        quantity: data.quantity,
      }),
    }),
    completed: (_state, { id }) => orderConfirmed.of(id, { id }),
    compensated: (_state, { id }) => orderCancelled.of(id, { id }),
  },
  [
    step('payment', {
      request: ({ amount }, { id, requestId }) => paymentRequested.of(id, { requestId, amount }),
      success: answer(paymentProcessed),
      failure: answer(paymentFailed),
      compensation: {
        request: ({ amount }, { id, requestId }) => paymentCancelled.of(id, { requestId, amount }),
        confirmed: answer(paymentRefunded),
      },
      timeout: '10m',
    }),
    step('inventory', {
      request: ({ itemId, quantity }, { id, requestId }) =>
        inventoryRequested.of(id, { requestId, itemId, quantity }),
      success: answer(inventoryReserved),
      failure: answer(inventoryFailed),
      compensation: {
        request: ({ itemId, quantity }, { id, requestId }) =>
          inventoryCancelled.of(id, { requestId, itemId, quantity }),
        confirmed: answer(inventoryReleased),
      },
      timeout: '10m',
    }),
  ],
);

/** The status of an order follows the end of its saga, in the same transaction. */
export function placeOrderEndings(orders: OrderService) {
  const setTo =
    (status: 'CONFIRMED' | 'CANCELLED') =>
    ({ id }: { id: string }, trx: Knex.Transaction) =>
      orders.update(id, { status }, undefined, trx).catch(ignoreRemoved);
  return { completed: setTo('CONFIRMED'), compensated: setTo('CANCELLED') };
}

/** The order may have been removed while its saga was running. */
function ignoreRemoved(error: unknown): void {
  if (!(error instanceof NotFoundError)) throw error;
}
