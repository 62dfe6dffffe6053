import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { EventBus } from '../../../src/runtime/events/event-bus.ts';
import { addParticipant, type RequestAnswer } from '../../../src/runtime/sagas/participant/participant.ts';
import { up as createRequests } from '../../../src/runtime/tables/saga-requests.ts';
import { createOrderWorld, type OrderWorld } from './order-service.ts';
import * as order from './place-order.ts';

describe('addParticipant', () => {
  let world: OrderWorld;
  let payments: EventBus;
  let orders: EventBus;
  let calls: string[];
  let heard: { type: string; orderId: string }[];
  let count = 0;
  let id: string;
  const requestId = (): string => `place-order/${id}/payment/1`;
  const answerOf = (name: string): order.Answer => ({ orderId: name, requestId: requestId() });
  before(async () => {
    world = await createOrderWorld();
    await createRequests(world.database);
  });
  after(() => world.close());
  beforeEach(async () => {
    id = `o-${(count += 1)}`;
    calls = [];
    heard = [];
    const { published, consumed } = order.orderContracts;
    orders = world.service('order-service', { published, consumed: [] });
    payments = world.service('payment-service', {
      published: consumed,
      consumed: [order.paymentRequested, order.paymentCancelled],
    });
    addParticipant(payments, {
      request: order.paymentRequested,
      answer: async ({ subject }): Promise<RequestAnswer> => {
        calls.push(`answer ${subject}`);
        if (subject.endsWith('-poor')) return { refused: order.paymentFailed.of('p', answerOf(subject)) };
        return { done: order.paymentProcessed.of('p', answerOf(subject)) };
      },
      compensation: {
        request: order.paymentCancelled,
        undo: async ({ subject }) => void calls.push(`undo ${subject}`),
        confirm: ({ subject }) => order.paymentRefunded.of('p', answerOf(subject)),
      },
    });
    const answers = [order.paymentProcessed, order.paymentFailed, order.paymentRefunded];
    const listener = world.service(`listener-${count}`, { published: [], consumed: answers });
    for (const definition of answers)
      listener.on(definition, async ({ type, data: { orderId } }) => void heard.push({ type, orderId }));
    await Promise.all([orders, payments, listener].map((bus) => bus.start()));
  });
  afterEach(() => world.stop());

  /** Sends events about the order, and one about another order; resolves to the answers about the first, when the other is answered. */
  async function answersTo(...definitions: (typeof order.paymentRequested)[]): Promise<string[]> {
    for (const definition of definitions) await orders.publish(definition.of(id, { requestId: requestId() }));
    await orders.publish(order.paymentRequested.of(`${id}-last`, { requestId: `${requestId()}-last` }));
    await waitFor(async () => heard.some(({ orderId }) => orderId === `${id}-last`));
    return heard.flatMap(({ type, orderId }) => (orderId === id ? [type] : []));
  }
  const own = (): string[] => calls.filter((call) => call.endsWith(` ${id}`));

  it('does a request once, and answers a repetition with the stored answer', async () => {
    const answers = await answersTo(order.paymentRequested, order.paymentRequested);
    assert.deepEqual(answers, ['payment.processed', 'payment.processed']);
    assert.deepEqual(own(), [`answer ${id}`]);
  });

  it('keeps the record of a request that is received again', async () => {
    const record = () => world.database('saga_requests').where({ request_id: requestId() });
    await answersTo(order.paymentRequested);
    for (const again of [order.paymentRequested, order.paymentCancelled]) {
      await record().update({ used_at: new Date(0) });
      await orders.publish(again.of(id, { requestId: requestId() }));
      await waitFor(async () => (await record().first()).used_at > new Date(0));
    }
  });

  it('undoes a request once, and confirms each cancel', async () => {
    const answers = await answersTo(order.paymentRequested, order.paymentCancelled, order.paymentCancelled);
    assert.deepEqual(answers, ['payment.processed', 'payment.refunded', 'payment.refunded']);
    assert.deepEqual(own(), [`answer ${id}`, `undo ${id}`]);
  });

  it('confirms a cancel that comes first, and then ignores the request', async () => {
    assert.deepEqual(await answersTo(order.paymentCancelled, order.paymentRequested), ['payment.refunded']);
    assert.deepEqual(own(), []);
  });

  it('undoes nothing of a refused request', async () => {
    id = `${id}-poor`;
    const answers = await answersTo(order.paymentRequested, order.paymentCancelled);
    assert.deepEqual(answers, ['payment.failed', 'payment.refunded']);
    assert.deepEqual(own(), [`answer ${id}`]);
  });
});
