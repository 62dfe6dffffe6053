import assert from 'node:assert/strict';
import type { Suite } from './bus-suite.ts';
import { changeOrder } from './orders.ts';

export function publishingBehaviour({ world }: Suite): void {
  it('delivers the events of a committed transaction', async () => {
    const { startPublisher, startConsumer, change, effectsOf } = world();
    const publisher = await startPublisher();
    await startConsumer();
    await change(publisher, 'a', 3);
    assert.deepEqual(await effectsOf(3), { a: [1, 2, 3] });
  });

  it('delivers no event of a transaction that is rolled back', async () => {
    const { startPublisher, startConsumer, change, effectsOf, orderChanged } = world();
    const publisher = await startPublisher();
    await startConsumer();
    const failing = publisher.database.transaction(async (trx) => {
      await publisher.bus.publish(orderChanged.of('a', { revision: 99 }), trx);
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    await change(publisher, 'a');
    assert.deepEqual(await effectsOf(1), { a: [1] });
  });

  it('opens its own transaction if the caller has none', async () => {
    const { startPublisher, startConsumer, effectsOf, orderChanged } = world();
    const publisher = await startPublisher();
    await startConsumer();
    await publisher.bus.publish(orderChanged.of('a', { revision: 1 }));
    assert.deepEqual(await effectsOf(1), { a: [1] });
  });

  it('keeps the events that a replica saved but did not send, and the next replica sends them', async () => {
    const { startPublisher, startConsumer, effectsOf, orderChanged, orders } = world();
    const first = await startPublisher();
    await first.bus.stop();
    await changeOrder(orders, first.bus, orderChanged, 'a');
    await startPublisher();
    await startConsumer();
    assert.deepEqual(await effectsOf(1), { a: [1] });
  });

  it('leaves the outbox empty', async () => {
    const { startPublisher, startConsumer, change, effectsOf, orders } = world();
    const publisher = await startPublisher();
    await startConsumer();
    await change(publisher, 'a', 5);
    await effectsOf(5);
    await publisher.stop();
    assert.equal(await orders('event_outbox').first(), undefined);
  });
}
