import joi from 'joi';
import { defineSaga, reply, startedBy, step, type EventDefinition } from 'microservice-runtime';
import {
  cancels,
  orderConfirmed,
  orderCreated,
  requests,
  steps,
  successes,
  undone,
  type Answer,
} from './order-events.ts';

interface PlaceOrder {
  total: number;
}

const answers = (event: EventDefinition<Answer>) =>
  reply<PlaceOrder, Answer>(event, {
    id: ({ data }) => data.orderId,
    requestId: ({ data }) => data.requestId,
  });

/** Payment, then inventory, then shipping. */
export const placeOrder = defineSaga<PlaceOrder>(
  {
    name: 'place-order',
    version: 1,
    state: joi.object<PlaceOrder>({ total: joi.number().required() }),
    startedBy: startedBy(orderCreated, {
      id: ({ subject }) => subject,
      state: ({ data }) => ({ total: data.total }),
    }),
    completed: (_state, { id }) => orderConfirmed.of(id, {}),
  },
  steps.map((name) =>
    step<PlaceOrder>(name, {
      request: ({ total }, { id, requestId }) => requests[name].of(id, { requestId, total }),
      success: answers(successes[name]),
      compensation: {
        request: ({ total }, { id, requestId }) => cancels[name].of(id, { requestId, total }),
        confirmed: answers(undone[name]),
      },
    }),
  ),
);
