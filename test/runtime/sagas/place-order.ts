import joi from 'joi';
import { defineEvent, type EventDefinition } from '../../../src/runtime/events/event/definition.ts';
import { reply, type Reply, type SagaEvent } from '../../../src/runtime/sagas/definition/reply.ts';
import { defineSaga, type SagaDefinition } from '../../../src/runtime/sagas/definition/saga.ts';
import { startedBy } from '../../../src/runtime/sagas/definition/start.ts';
import { all, step } from '../../../src/runtime/sagas/definition/step.ts';

export interface Requested {
  requestId: string;
}

/** An answer of a participant, about an order. */
export interface Answer {
  orderId: string;
  requestId: string;
}

export interface PlaceOrder {
  total: number;
  paymentId?: string;
}

const requested = joi.object<Requested>({ requestId: joi.string().required() });
const answer = joi.object<Answer>({
  orderId: joi.string().allow('').required(),
  requestId: joi.string().required(),
});

function event<T>(type: string, schema: joi.ObjectSchema<T>): EventDefinition<T> {
  const [aggregate = ''] = type.split('.');
  return defineEvent({ type, schema, version: 1, topic: `${aggregate}.events`, aggregate });
}

export const orderCreated = event(
  'order.created',
  joi.object<{ total: number }>({ total: joi.number().required() }),
);
export const orderConfirmed = event('order.confirmed', joi.object<object>({}));
export const orderCancelled = event('order.cancelled', joi.object<object>({}));
export const paymentRequested = event('order.payment-requested', requested);
export const paymentCancelled = event('order.payment-cancelled', requested);
export const stockRequested = event('order.stock-requested', requested);
export const stockCancelled = event('order.stock-cancelled', requested);
export const shippingRequested = event('order.shipping-requested', requested);
export const paymentProcessed = event('payment.processed', answer);
export const paymentFailed = event('payment.failed', answer);
export const paymentRefunded = event('payment.refunded', answer);
export const stockReserved = event('stock.reserved', answer);
export const stockMissing = event('stock.missing', answer);
export const stockReleased = event('stock.released', answer);
export const shippingPlanned = event('shipping.planned', answer);
export const shippingFailed = event('shipping.failed', answer);

/** The contracts of the order service. */
export const orderContracts = {
  published: [
    ...[orderCreated, orderConfirmed, orderCancelled, paymentRequested, paymentCancelled],
    ...[stockRequested, stockCancelled, shippingRequested],
  ],
  consumed: [
    ...[paymentProcessed, paymentFailed, paymentRefunded, stockReserved, stockMissing, stockReleased],
    ...[shippingPlanned, shippingFailed],
  ],
};

/** Returns a reply that names the order and the request. */
export const answers = (definition: EventDefinition<Answer>): Reply<PlaceOrder> =>
  reply(definition, { id: ({ data }) => data.orderId, requestId: ({ data }) => data.requestId });

const start = startedBy(orderCreated, {
  id: ({ subject }) => subject,
  state: ({ data }): PlaceOrder => ({ total: data.total }),
});

/** Payment, then stock, then shipping, which is requested until it succeeds. */
export const placeOrder: SagaDefinition<PlaceOrder> = defineSaga(
  {
    name: 'place-order',
    version: 1,
    state: joi.object<PlaceOrder>({ total: joi.number().required(), paymentId: joi.string() }),
    startedBy: start,
    attempts: 3,
    completed: (_state, { id }) => orderConfirmed.of(id, {}),
    compensated: (_state, { id }) => orderCancelled.of(id, {}),
  },
  [
    step('payment', {
      request: (_state, { id, requestId }) => paymentRequested.of(id, { requestId }),
      success: reply(paymentProcessed, {
        id: ({ data }) => data.orderId,
        requestId: ({ data }) => data.requestId,
        state: (state, { subject }) => ({ ...state, paymentId: subject }),
      }),
      failure: answers(paymentFailed),
      compensation: {
        request: (_state, { id, requestId }) => paymentCancelled.of(id, { requestId }),
        confirmed: answers(paymentRefunded),
      },
    }),
    step('stock', {
      request: (_state, { id, requestId }) => stockRequested.of(id, { requestId }),
      success: answers(stockReserved),
      failure: answers(stockMissing),
      compensation: {
        request: (_state, { id, requestId }) => stockCancelled.of(id, { requestId }),
        confirmed: answers(stockReleased),
      },
      pivot: true,
    }),
    step('shipping', {
      request: (_state, { id, requestId }) => shippingRequested.of(id, { requestId }),
      success: answers(shippingPlanned),
      failure: answers(shippingFailed),
    }),
  ],
);

/** The same steps of payment and stock, without requests and at the same time: reactions to `order.created`. */
export const reactingOrder: SagaDefinition<PlaceOrder> = defineSaga(
  { name: 'reacting-order', version: 1, state: placeOrder.schema, startedBy: start },
  [
    all(
      ['payment', 'stock'].map((name) => {
        const [success, failure, cancel, confirmed] =
          name === 'payment'
            ? [paymentProcessed, paymentFailed, paymentCancelled, paymentRefunded]
            : [stockReserved, stockMissing, stockCancelled, stockReleased];
        return step<PlaceOrder>(name, {
          success: reply(success, { id: ({ data }) => data.orderId }),
          failure: reply(failure, { id: ({ data }) => data.orderId }),
          compensation: {
            request: (_state, { id, requestId }) => cancel.of(id, { requestId }),
            confirmed: answers(confirmed),
          },
        });
      }),
    ),
  ],
);

let events = 0;

/** An event as a saga gets it. */
export function received<T>(
  { type, version, aggregate }: EventDefinition<T>,
  subject: string,
  data: T,
): SagaEvent<T> {
  events += 1;
  const id = `event-${events}`;
  return {
    ...{ id, type, version, subject, aggregate, data },
    source: 'test',
    time: '2026-01-01T00:00:00.000Z',
    correlationId: 'c',
  };
}
