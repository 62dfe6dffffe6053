import assert from 'node:assert/strict';
import { sagaScenario } from 'microservice-runtime';
import { orderCreated } from '../src/events/order-events.ts';
import {
  inventoryFailed,
  inventoryReserved,
  paymentFailed,
  paymentProcessed,
} from '../src/events/place-order-replies.ts';
import { placeOrderSaga } from '../src/sagas/place-order-saga.ts';

const id = '00000000-0000-4000-8000-000000000001';
const started = orderCreated.of(id, {
  id,
  itemId: '01890a5d-ac96-774b-bcce-b302099a8057',
  quantity: 7,
  amount: '24.50',
  status: 'CONFIRMED',
  createdAt: new Date().toISOString(),
  updatedAt: new Date().toISOString(),
});
const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const answerTo = (step: string) => ({ orderId: id, requestId: `place-order/${id}/${step}/1` });
const paymentDone = paymentProcessed.of('1', answerTo('payment'));
const inventoryDone = inventoryReserved.of('1', answerTo('inventory'));

describe('the saga place-order', () => {
  it('requests its first step when it starts', () => {
    const { published, timers } = sagaScenario(placeOrderSaga).when(started);
    assert.deepEqual(typesOf(published), ['order.payment-requested']);
    assert.deepEqual(published[0]?.data, {
      requestId: answerTo('payment').requestId,
      amount: started.data.amount,
    });
    assert.ok(timers['payment']);
  });

  it('is completed when all of its steps have succeeded', () => {
    const { status, published } = sagaScenario(placeOrderSaga)
      .given(started, paymentDone)
      .when(inventoryDone);
    assert.equal(status, 'completed');
    assert.deepEqual(typesOf(published), ['order.confirmed']);
  });

  it('undoes the steps before one that fails', () => {
    const scenario = sagaScenario(placeOrderSaga).given(started, paymentDone);
    const { status, published } = scenario.when(inventoryFailed.of('1', answerTo('inventory')));
    assert.equal(status, 'compensating');
    assert.deepEqual(typesOf(published), ['order.payment-cancelled']);
  });

  it('undoes a step that does not answer in time', () => {
    const { published } = sagaScenario(placeOrderSaga).given(started).when({ timeout: 'payment' });
    assert.deepEqual(typesOf(published), ['order.payment-cancelled']);
  });

  it('ends when there is nothing to undo', () => {
    const { status, published } = sagaScenario(placeOrderSaga)
      .given(started)
      .when(paymentFailed.of('1', answerTo('payment')));
    assert.equal(status, 'compensated');
    assert.deepEqual(typesOf(published), ['order.cancelled']);
  });
});
