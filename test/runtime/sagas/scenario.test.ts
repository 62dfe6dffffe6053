import assert from 'node:assert/strict';
import { sagaScenario } from '../../../src/runtime/sagas/scenario.ts';
import * as order from './place-order.ts';

const created = order.orderCreated.of('o-1', { total: 5 });
const paid = order.paymentProcessed.of('p-1', { orderId: 'o-1', requestId: 'place-order/o-1/payment/1' });

describe('sagaScenario', () => {
  it('returns the state, the events and the timers after an event', () => {
    assert.deepEqual(sagaScenario(order.placeOrder).given(created).when(paid), {
      status: 'running',
      isStuck: false,
      state: { total: 5, paymentId: 'p-1' },
      steps: { payment: 'succeeded', stock: 'requested', shipping: 'pending' },
      published: [
        { type: 'order.stock-requested', id: 'o-1', data: { requestId: 'place-order/o-1/stock/1' } },
      ],
      timers: { deadline: 86_400_000, stock: 600_000 },
    });
  });

  it('fires a timer', () => {
    const { status, published, timers } = sagaScenario(order.placeOrder)
      .given(created)
      .when({ timeout: 'payment' });
    assert.equal(status, 'compensating');
    assert.deepEqual(
      published.map(({ type }) => type),
      ['order.payment-cancelled'],
    );
    assert.deepEqual(timers, { payment: 600_000 });
  });

  it('throws for an event of another saga, a first event that starts none, and a timer that is not set', () => {
    const scenario = sagaScenario(order.placeOrder);
    assert.throws(() => scenario.when(paid), /does not start saga place-order; begin with order.created/);
    scenario.given(created);
    const other = order.paymentProcessed.of('p', { orderId: 'o-2', requestId: '?' });
    assert.throws(() => scenario.when(other), /answers no step of saga place-order o-1/);
    assert.throws(
      () => scenario.when({ timeout: 'stock' }),
      /no timer stock; its timers are deadline, payment/,
    );
  });
});
