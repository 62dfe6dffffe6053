import assert from 'node:assert/strict';
import * as order from './place-order.ts';
import { createSagaDatabase, type SagaDatabase } from './saga-database.ts';

describe('the metrics of sagas', () => {
  let world: SagaDatabase;
  before(async () => (world = await createSagaDatabase()));
  after(() => world.close());

  /** Resolves to the value of a metric with these labels; undefined without one. */
  async function valueOf(name: string, labels = ''): Promise<number | undefined> {
    const lines = (await world.registry.metrics()).split('\n');
    const line = lines.find((each) => each.startsWith(`microservice_${name}{saga="place-order"${labels}} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  }
  const open = (status: string) => valueOf('sagas', `,status="${status}"`);

  it('count answers, timeouts, compensations and ends, and the sagas that have not ended', async () => {
    const release = world.release(order.placeOrder);
    await release.start('done');
    await release.start('late');
    await release.answer('done', 'payment', order.paymentProcessed);
    assert.equal(await valueOf('saga_step_seconds_count', ',step="payment",outcome="succeeded"'), 1);
    assert.deepEqual([await open('running'), await open('compensating'), await open('stuck')], [2, 0, 0]);

    await release.answer('done', 'stock', order.stockReserved);
    await release.answer('done', 'shipping', order.shippingPlanned);
    assert.equal(await valueOf('saga_ended_total', ',status="completed"'), 1);
    await release.answer('done', 'shipping', order.shippingPlanned);
    assert.equal(await valueOf('saga_ignored_replies_total', ',reason="ended"'), 1);

    await world
      .database('saga_instances')
      .where({ id: 'late' })
      .update({ started_at: new Date(Date.now() - 3_600_000) });
    await release.timeOut('late', 'payment');
    assert.equal(await valueOf('saga_timeouts_total', ',step="payment"'), 1);
    assert.equal(await valueOf('saga_compensations_total', ',step="payment"'), 1);
    assert.deepEqual([await open('running'), await open('compensating'), await open('stuck')], [0, 1, 0]);
    assert.ok(((await valueOf('saga_oldest_seconds')) ?? 0) >= 3_600);

    for (const _ of [2, 3]) await release.timeOut('late', 'payment');
    assert.deepEqual([await open('running'), await open('compensating'), await open('stuck')], [0, 0, 1]);

    await release.answer('late', 'payment', order.paymentRefunded);
    assert.equal(await valueOf('saga_ended_total', ',status="compensated"'), 1);
    assert.deepEqual([await open('stuck'), await valueOf('saga_oldest_seconds')], [0, 0]);
  });
});
