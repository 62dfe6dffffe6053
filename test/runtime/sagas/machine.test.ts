import assert from 'node:assert/strict';
import type { EventDefinition } from '../../../src/runtime/events/event/definition.ts';
import { requestIdOf } from '../../../src/runtime/sagas/machine/draft.ts';
import type { SagaInstance, Transition } from '../../../src/runtime/sagas/machine/instance.ts';
import { operate, SagaVerbError } from '../../../src/runtime/sagas/machine/operator.ts';
import { fireTimer, receiveReply, startSaga } from '../../../src/runtime/sagas/machine/transition.ts';
import * as order from './place-order.ts';

type Instance = SagaInstance<order.PlaceOrder>;
type Result = Transition<order.PlaceOrder>;

const id = 'o-1';
const types = ({ messages }: Result): string[] => messages.map(({ definition }) => definition.type);
const requestId = (step: string, group = 1): string => requestIdOf('place-order', id, step, group);
const begin = (): Result => startSaga(order.placeOrder, order.received(order.orderCreated, id, { total: 5 }));

function answer(
  { instance }: { instance: Instance },
  definition: EventDefinition<order.Answer>,
  of: string,
  group = 1,
): Result {
  const event = order.received(definition, 'p-1', { orderId: id, requestId: requestId(of, group) });
  return receiveReply(order.placeOrder, instance, event);
}
const timeOut = ({ instance }: { instance: Instance }, name: string): Result =>
  fireTimer(order.placeOrder, instance, name);
const paid = (): Result => answer(begin(), order.paymentProcessed, 'payment');
const reserved = (): Result => answer(paid(), order.stockReserved, 'stock');

describe('a saga', () => {
  it('requests one step after the other, and completes after the last one', () => {
    const started = begin();
    assert.deepEqual(types(started), ['order.payment-requested']);
    assert.deepEqual(started.messages[0]?.data, { requestId: 'place-order/o-1/payment/1' });
    assert.deepEqual(
      [...started.timers],
      [
        ['deadline', 86_400_000],
        ['payment', 600_000],
      ],
    );
    const second = paid();
    assert.deepEqual(types(second), ['order.stock-requested']);
    assert.deepEqual(second.instance.state, { total: 5, paymentId: 'p-1' });
    assert.deepEqual(
      [...second.timers],
      [
        ['payment', undefined],
        ['stock', 600_000],
      ],
    );
    const ended = answer(reserved(), order.shippingPlanned, 'shipping');
    assert.deepEqual(types(ended), ['order.confirmed']);
    assert.equal(ended.instance.status, 'completed');
    assert.deepEqual(ended.timers.get('deadline'), undefined);
    assert.ok(ended.timers.has('deadline'));
  });

  it('undoes the steps before a failed one in reverse order, one at a time', () => {
    const failed = answer(paid(), order.stockMissing, 'stock');
    assert.equal(failed.instance.status, 'compensating');
    assert.deepEqual(types(failed), ['order.payment-cancelled']);
    assert.deepEqual(failed.messages[0]?.data, { requestId: requestId('payment') });
    const ended = answer(failed, order.paymentRefunded, 'payment');
    assert.deepEqual(types(ended), ['order.cancelled']);
    assert.equal(ended.instance.status, 'compensated');
  });

  it('cancels a step that was requested and not answered, first', () => {
    const late = timeOut(paid(), 'stock');
    assert.deepEqual(types(late), ['order.stock-cancelled']);
    const next = answer(late, order.stockReleased, 'stock');
    assert.deepEqual(types(next), ['order.payment-cancelled']);
  });

  it('ignores a repeated reply, a reply to another request, and a reply after the end', () => {
    assert.equal(answer(paid(), order.paymentProcessed, 'payment').ignored, 'settled');
    assert.equal(answer(begin(), order.paymentProcessed, 'payment', 2).ignored, 'outdated');
    const ended = answer(answer(begin(), order.paymentFailed, 'payment'), order.paymentProcessed, 'payment');
    assert.equal(ended.instance.status, 'compensated');
    assert.equal(ended.ignored, 'ended');
    assert.equal(timeOut(ended, 'payment').ignored, 'ended');
  });

  it('keeps an early reply, and applies it when its step is requested', () => {
    const early = answer(begin(), order.stockReserved, 'stock');
    assert.deepEqual(types(early), []);
    assert.equal(early.instance.early.length, 1);
    const next = answer(early, order.paymentProcessed, 'payment');
    assert.deepEqual(types(next), ['order.stock-requested', 'order.shipping-requested']);
    assert.deepEqual(next.instance.early, []);
  });

  it('after the pivot requests a refused step again with another id, and an unanswered one with the same id', () => {
    const late = timeOut(reserved(), 'shipping');
    assert.equal(late.instance.status, 'running');
    assert.deepEqual(late.messages[0]?.data, { requestId: requestId('shipping') });
    const refused = answer(late, order.shippingFailed, 'shipping');
    assert.deepEqual(types(refused), []);
    const again = timeOut(refused, 'shipping');
    assert.deepEqual(again.messages[0]?.data, { requestId: requestId('shipping', 2) });
    assert.equal(answer(again, order.shippingPlanned, 'shipping').ignored, 'outdated');
    assert.equal(answer(again, order.shippingPlanned, 'shipping', 2).instance.status, 'completed');
  });

  it('is stuck after as many attempts as it has, continues once an hour, and is not after the answer', () => {
    let late: Result = answer(paid(), order.stockMissing, 'stock');
    for (let attempt = 2; attempt <= 3; attempt += 1) {
      assert.equal(late.instance.isStuck, false);
      late = timeOut(late, 'payment');
      assert.deepEqual(types(late), ['order.payment-cancelled']);
    }
    assert.equal(late.instance.isStuck, true);
    assert.equal(late.timers.get('payment'), 2_400_000);
    assert.equal(timeOut(timeOut(late, 'payment'), 'payment').timers.get('payment'), 3_600_000);
    const ended = answer(late, order.paymentRefunded, 'payment');
    assert.deepEqual([ended.instance.status, ended.instance.isStuck], ['compensated', false]);
  });

  it('is compensated at its deadline, and after the pivot is stuck instead', () => {
    assert.deepEqual(types(timeOut(paid(), 'deadline')), ['order.stock-cancelled']);
    const late = timeOut(reserved(), 'deadline');
    assert.deepEqual([late.instance.status, late.instance.isStuck], ['running', true]);
  });

  it('undoes all steps without a request, which react to its first event', () => {
    const started = startSaga(order.reactingOrder, order.received(order.orderCreated, id, { total: 5 }));
    const react = (instance: Instance, definition: EventDefinition<order.Answer>): Result =>
      receiveReply(
        order.reactingOrder,
        instance,
        order.received(definition, 'x', { orderId: id, requestId: '?' }),
      );
    const failed = react(started.instance, order.paymentFailed);
    assert.deepEqual(types(failed), ['order.stock-cancelled']);
    assert.equal(react(failed.instance, order.stockReserved).ignored, 'settled');
    const both = react(started.instance, order.paymentProcessed);
    assert.deepEqual(types(fireTimer(order.reactingOrder, both.instance, 'stock')), [
      'order.payment-cancelled',
      'order.stock-cancelled',
    ]);
  });

  it('keeps the steps of the release that started it', () => {
    const { instance } = paid();
    const steps = new Map([...instance.steps].filter(([name]) => name !== 'shipping'));
    const ended = answer({ instance: { ...instance, steps } }, order.stockReserved, 'stock');
    assert.equal(ended.instance.status, 'completed');
  });

  it('refuses a request with another id, which its cancel could overtake', () => {
    const [payment] = order.placeOrder.stages[0]?.steps ?? [];
    assert.ok(payment);
    const other = { ...payment, request: () => order.paymentRequested.of('o-2', { requestId: '?' }) };
    const definition = { ...order.placeOrder, stages: [{ steps: [other] }] };
    const created = order.received(order.orderCreated, id, { total: 5 });
    assert.throws(
      () => startSaga(definition, created),
      /sends order.payment-requested of o-2 for step payment/,
    );
  });

  it('needs an operator for a step that this release no longer has', () => {
    const { instance } = paid();
    const steps = new Map([
      ...instance.steps,
      ['gift', { status: 'succeeded', group: 1, attempts: 1 }] as const,
    ]);
    const failed = answer({ instance: { ...instance, steps } }, order.stockMissing, 'stock');
    const refunded = answer(failed, order.paymentRefunded, 'payment');
    assert.deepEqual([refunded.instance.status, refunded.instance.isStuck], ['compensating', true]);
    const skipped = operate(order.placeOrder, refunded.instance, { verb: 'skip', step: 'gift' });
    assert.equal(skipped.instance.status, 'compensated');
  });
});

describe('an operator', () => {
  it('retries an unanswered step, and counts from one', () => {
    const late = timeOut(timeOut(reserved(), 'shipping'), 'shipping');
    assert.equal(late.instance.isStuck, true);
    const again = operate(order.placeOrder, late.instance, { verb: 'retry' });
    assert.deepEqual(types(again), ['order.shipping-requested']);
    assert.equal(again.instance.isStuck, false);
    assert.equal(again.timers.get('shipping'), 600_000);
  });

  it('skips a step, completes a saga, and compensates it', () => {
    const skipped = operate(order.placeOrder, begin().instance, { verb: 'skip', step: 'payment' });
    assert.deepEqual(types(skipped), ['order.stock-requested']);
    const completed = operate(order.placeOrder, skipped.instance, { verb: 'complete' });
    assert.deepEqual(types(completed), ['order.confirmed']);
    assert.deepEqual(types(operate(order.placeOrder, begin().instance, { verb: 'compensate' })), [
      'order.payment-cancelled',
    ]);
  });

  it('cannot compensate after the pivot, skip a step that is done, or change an ended saga', () => {
    const refused = (instance: Instance, verb: Parameters<typeof operate>[2], message: RegExp) =>
      assert.throws(
        () => operate(order.placeOrder, instance, verb),
        (error: Error) => {
          assert.ok(error instanceof SagaVerbError);
          return message.test(error.message);
        },
      );
    refused(reserved().instance, { verb: 'compensate' }, /pivot is done/);
    refused(paid().instance, { verb: 'skip', step: 'payment' }, /payment .* is succeeded/);
    refused(answer(reserved(), order.shippingPlanned, 'shipping').instance, { verb: 'retry' }, /has ended/);
  });
});
