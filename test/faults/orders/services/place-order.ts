import joi from 'joi';
import {
  all,
  defineSaga,
  reply,
  startedBy,
  step,
  type EventDefinition,
  type Reply,
  type SagaDefinition,
  type SagaStage,
  type StepSettings,
} from 'microservice-runtime';
import {
  eventsOf,
  orderCancelled,
  orderConfirmed,
  orderCreated,
  stepNames,
  topics,
  type Answer,
  type Order,
  type StepName,
} from './order-events.ts';

/** The events of each step, as the order service sees them. */
const ownEvents = new Map(stepNames.map((name) => [name, eventsOf(name, topics.answersReceived)]));

const answers = (definition: EventDefinition<Answer>): Reply<Order> =>
  reply(definition, { id: ({ data }) => data.orderId, requestId: ({ data }) => data.requestId });

type Times = Pick<StepSettings<Order>, 'timeout' | 'onTimeout' | 'pivot'>;

function stepOf(
  name: StepName,
  { isUndone = true, isReaction = false, ...times }: Times & { isUndone?: boolean; isReaction?: boolean },
): SagaStage<Order> {
  const events = ownEvents.get(name);
  if (!events) throw new Error(`step ${name} has no events`);
  const { request, cancel, done, refused, undone } = events;
  return step<Order>(name, {
    ...times,
    ...(!isReaction && {
      request: ({ total }, { id, requestId }) => request.of(id, { requestId, total }),
    }),
    success: answers(done),
    failure: answers(refused),
    ...(isUndone && {
      compensation: {
        request: ({ total }, { id, requestId }) => cancel.of(id, { requestId, total }),
        confirmed: answers(undone),
        timeout: '5s',
      },
    }),
  });
}

/**
 * Has a step of each kind: one with the default timeout, two at the same time of which one is a reaction, a pivot that cannot be
 * undone, and one after it.
 */
export const placeOrder: SagaDefinition<Order> = defineSaga(
  {
    name: 'place-order',
    version: 1,
    state: joi.object<Order>({ total: joi.number().required() }),
    from: 'earliest',
    startedBy: startedBy(orderCreated, {
      id: ({ subject }) => subject,
      state: ({ data }) => ({ total: data.total }),
    }),
    completed: (_state, { id }) => orderConfirmed.of(id, {}),
    compensated: (_state, { id }) => orderCancelled.of(id, {}),
  },
  [
    stepOf('payment', {}),
    all([
      stepOf('stock', { timeout: '10s', onTimeout: 'retry' }),
      stepOf('invoice', { timeout: '15s', isReaction: true }),
    ]),
    stepOf('approval', { timeout: '10s', pivot: true, isUndone: false }),
    stepOf('shipping', { timeout: '5s', isUndone: false }),
  ],
);

export const orderContracts = {
  published: [
    ...[orderCreated, orderConfirmed, orderCancelled],
    ...[...ownEvents].flatMap(([name, { request, cancel }]) =>
      name === 'invoice' ? [cancel] : [request, cancel],
    ),
  ],
  consumed: [...ownEvents.values()].flatMap(({ done, refused, undone }) => [done, refused, undone]),
};
