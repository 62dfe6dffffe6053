import assert from 'node:assert/strict';
import type { OrderHistory } from './order-history.ts';
import { judgeOrders, orderFaultsOf } from './order-verdict.ts';
import { stepNames } from './services/order-events.ts';

const done = stepNames.map((step) => ({ orderId: 'o-1', entry: `${step} done`, total: 9 }));
const good: OrderHistory = {
  acknowledged: ['o-1', 'o-2'],
  placed: [
    { id: 'o-1', total: 9, status: 'CONFIRMED' },
    { id: 'o-2', total: 5, status: 'CANCELLED' },
  ],
  sagas: [
    { id: 'o-1', status: 'completed' },
    { id: 'o-2', status: 'compensated' },
  ],
  entries: [
    ...done,
    { orderId: 'o-1', entry: 'CONFIRMED', total: 9 },
    { orderId: 'o-2', entry: 'payment done', total: 5 },
    { orderId: 'o-2', entry: 'payment undone', total: 5 },
    { orderId: 'o-2', entry: 'CANCELLED', total: 5 },
  ],
  money: -9,
  stock: -1,
};
const faults = (change: Partial<OrderHistory>): string[] =>
  orderFaultsOf(judgeOrders({ ...good, ...change }), true);

describe('judgeOrders', () => {
  it('finds nothing wrong with orders whose steps match their end', () => {
    assert.deepEqual(faults({}), []);
  });

  it('finds an order that was acknowledged and is lost, and one without a saga', () => {
    assert.deepEqual(faults({ acknowledged: ['o-3'] }), ['lost: 1']);
    assert.deepEqual(faults({ sagas: good.sagas.slice(1) }), ['lost: 1']);
  });

  it('finds a step, a compensation and an end that happened again', () => {
    for (const entry of ['payment done', 'payment undone', 'CONFIRMED'])
      assert.deepEqual(
        faults({ entries: [...good.entries, { orderId: 'o-2', entry, total: 5 }] }),
        ['doubled: 1'],
        entry,
      );
  });

  it('finds an order whose steps do not match its end', () => {
    assert.deepEqual(faults({ entries: good.entries.slice(1) }), ['torn: 1']);
    const left = good.entries.filter(({ entry }) => entry !== 'payment undone');
    assert.deepEqual(faults({ entries: left }), ['torn: 1']);
  });

  it('finds missing money, missing stock and an order that has not ended', () => {
    assert.deepEqual(faults({ money: -8, stock: 0 }), ['moneyDifference: 1', 'stockDifference: 1']);
    const placed = [...good.placed, { id: 'o-3', total: 1, status: 'PENDING' }];
    assert.deepEqual(faults({ placed, sagas: [...good.sagas, { id: 'o-3', status: 'running' }] }), [
      'open: 1',
    ]);
  });
});
