import assert from 'node:assert/strict';
import { defineEvent } from '../../../src/runtime/events/event/definition.ts';
import { defineSaga, type SagaDefinition } from '../../../src/runtime/sagas/definition/saga.ts';
import { step, type SagaStage } from '../../../src/runtime/sagas/definition/step.ts';
import { warnOfRemoved } from '../../../src/runtime/sagas/store/removed-steps.ts';
import * as order from './place-order.ts';
import { createSagaDatabase, type Release, type SagaDatabase } from './saga-database.ts';

const giftRequested = defineEvent({ ...order.paymentRequested, type: 'order.gift-requested' });
const giftWrapped = defineEvent({ ...order.paymentProcessed, type: 'gift.wrapped' });
const gift = step<order.PlaceOrder>('gift', {
  request: (_state, { id, requestId }) => giftRequested.of(id, { requestId }),
  success: order.answers(giftWrapped),
});
const [payment, stock, shipping] = order.placeOrder.stages;
const stages = (...all: (SagaStage<order.PlaceOrder> | undefined)[]) =>
  all.filter((each) => each !== undefined);

/** The next release of the saga, whose state has changed. */
const version2 = (...all: Parameters<typeof stages>): SagaDefinition<order.PlaceOrder> =>
  defineSaga(
    {
      ...{ name: 'place-order', version: 2, state: order.placeOrder.schema },
      startedBy: order.placeOrder.startedBy,
      upcasts: { 1: (state) => ({ ...state, total: 100 * Number(state['total']) }) },
      completed: (_state, { id }) => order.orderConfirmed.of(id, {}),
    },
    stages(...all),
  );

describe('a saga that an older release started', () => {
  let world: SagaDatabase;
  let old: Release;
  let orders = 0;
  let id: string;
  before(async () => {
    world = await createSagaDatabase([giftRequested]);
    old = world.release(order.placeOrder);
  });
  after(() => world.close());
  beforeEach(() => (id = `o-${(orders += 1)}`));

  const instance = () => world.database('saga_instances').where({ id }).first('version', 'status', 'state');
  const published = async (of = id): Promise<string[]> => {
    const rows: { headers: Record<string, string> }[] = await world
      .database('event_outbox')
      .where({ key: of })
      .orderBy('id')
      .select('headers');
    return rows.map(({ headers }) => headers['ce_type'] ?? '');
  };

  it('ends under the new release, with its state converted and without the step that was added', async () => {
    await old.start(id);
    await old.answer(id, 'payment', order.paymentProcessed);
    const release = world.release(version2(payment, gift, stock, shipping));
    await release.answer(id, 'stock', order.stockReserved);
    await release.answer(id, 'shipping', order.shippingPlanned);
    assert.deepEqual(await instance(), {
      ...{ version: 2, status: 'completed' },
      state: { total: 500, paymentId: 'x' },
    });
    assert.deepEqual(await published(), [
      ...['order.payment-requested', 'order.stock-requested', 'order.shipping-requested'],
      'order.confirmed',
    ]);
    const later = `${id}-later`;
    await release.start(later);
    await release.answer(later, 'payment', order.paymentProcessed);
    assert.deepEqual(await published(later), ['order.payment-requested', 'order.gift-requested']);
  });

  it('ends without a step that was removed before its turn', async () => {
    await old.start(id);
    await old.answer(id, 'payment', order.paymentProcessed);
    await world.release(version2(payment, stock)).answer(id, 'stock', order.stockReserved);
    assert.equal((await instance()).status, 'completed');
    assert.ok(!(await published()).includes('order.shipping-requested'));
  });

  it('is named in a warning if its release has requested a step that was removed', async () => {
    const warnings: string[] = [];
    const warn = async (definition: SagaDefinition<order.PlaceOrder>): Promise<string[]> => {
      warnings.length = 0;
      const logger = { warn: (_fields: unknown, message: string) => void warnings.push(message) };
      await warnOfRemoved(world.database, [definition as SagaDefinition], logger as never);
      return warnings;
    };
    await world.database('saga_instances').delete();
    await old.start(id);
    assert.deepEqual(await warn(version2(payment, stock)), []);
    const [message, ...others] = await warn(version2(stock, shipping));
    assert.match(message ?? '', /^1 running sagas place-order have the step payment, .* keep the step/);
    assert.deepEqual(others, []);
  });
});
