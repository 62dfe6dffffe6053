import assert from 'node:assert/strict';
import type { Suite } from './bus-suite.ts';
import { changeOrder } from './orders.ts';

export function publishingBehaviour({ world }: Suite): void {
  it('delivers what a committed transaction published', async () => {
    const { startPublisher, startConsumer, change, effectsOf } = world();
    const publisher = await startPublisher();
    await startConsumer();
    await change(publisher, 'a', 3);
    assert.deepEqual(await effectsOf(3), { a: [1, 2, 3] });
  });

  it('delivers nothing of a transaction that is rolled back', async () => {
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

  it('opens a transaction of its own where the caller has none', async () => {
    const { startPublisher, startConsumer, effectsOf, orderChanged } = world();
    const publisher = await startPublisher();
    await startConsumer();
    await publisher.bus.publish(orderChanged.of('a', { revision: 1 }));
    assert.deepEqual(await effectsOf(1), { a: [1] });
  });

  it('keeps what a replica saved and never sent, for the next one to send', async () => {
    const { startPublisher, startConsumer, effectsOf, orderChanged, orders } = world();
    const first = await startPublisher();
    await first.bus.stop();
    await changeOrder(orders, first.bus, orderChanged, 'a');
    await startPublisher();
    await startConsumer();
    assert.deepEqual(await effectsOf(1), { a: [1] });
  });

  it('leaves nothing in the outbox', async () => {
    const { startPublisher, startConsumer, change, effectsOf, orders } = world();
    const publisher = await startPublisher();
    await startConsumer();
    await change(publisher, 'a', 5);
    await effectsOf(5);
    await publisher.stop();
    assert.equal(await orders('event_outbox').first(), undefined);
  });
}
