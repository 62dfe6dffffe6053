import assert from 'node:assert/strict';
import type { Suite } from './bus-suite.ts';
import { noteEffect } from './orders.ts';
import { copyMessages, withProducer } from './raw-kafka.ts';

export function consumingBehaviour({ world, broker }: Suite): void {
  it('handles an event only once that was sent twice', async () => {
    const { startPublisher, startConsumer, change, effectsOf, topic } = world();
    const publisher = await startPublisher();
    await startConsumer();
    await change(publisher, 'a', 3);
    await effectsOf(3);
    await copyMessages(broker().bootstrapServers, topic);
    await change(publisher, 'a');
    assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 4] });
  });

  it('rolls back a failed event, and handles it before the later events of its key', async () => {
    const { startPublisher, startConsumer, change, effectsOf } = world();
    let tries = 0;
    const publisher = await startPublisher();
    await startConsumer(async (event, trx) => {
      const attempt = event.data.revision === 2 ? (tries += 1) : Infinity;
      if (attempt === 1) throw new Error('fails at once');
      await noteEffect(event, trx);
      if (attempt === 2) throw new Error('fails in the end');
    });
    await change(publisher, 'a', 4);
    assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 4] });
  });

  it('continues after a TypeError in a handler, which permanently stops a plain KafkaJS consumer', async () => {
    const { startPublisher, startConsumer, change, effectsOf } = world();
    let failures = 1;
    const publisher = await startPublisher();
    await startConsumer(async (event, trx) => {
      if (failures-- > 0) throw new TypeError('x is not a function');
      await noteEffect(event, trx);
    });
    await change(publisher, 'a', 2);
    assert.deepEqual(await effectsOf(2), { a: [1, 2] });
  });

  it('handles other keys while a poison event fails, and keeps the order of its key until the handler is fixed', async () => {
    const { startPublisher, startConsumer, change, effectsOf, copies } = world();
    let broken = true;
    const publisher = await startPublisher();
    await startConsumer(async (event, trx) => {
      if (broken && event.subject === 'poison' && event.data.revision === 2) throw new TypeError('no');
      await noteEffect(event, trx);
    });
    const neighbours = Array.from({ length: 12 }, (_, index) => `order-${index}`);
    for (const id of ['poison', ...neighbours]) await change(publisher, id, 3);
    const { poison, ...others } = await effectsOf(37);
    assert.deepEqual(poison, [1]);
    assert.deepEqual(others, Object.fromEntries(neighbours.map((id) => [id, [1, 2, 3]])));
    broken = false;
    await copies('event_parked_keys').update({ state: 'parked', attempts: 0, next_try_at: copies.fn.now() });
    assert.deepEqual((await effectsOf(39))['poison'], [1, 2, 3]);
    await change(publisher, 'poison');
    assert.deepEqual((await effectsOf(40))['poison'], [1, 2, 3, 4]);
  });

  it('continues at its position after a restart', async () => {
    const { startPublisher, startConsumer, change, effectsOf } = world();
    const publisher = await startPublisher();
    const first = await startConsumer();
    await change(publisher, 'a', 2);
    await effectsOf(2);
    await first.stop();
    await change(publisher, 'a', 2);
    await startConsumer();
    assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 4] });
  });

  it('starts a new group at the earliest event', async () => {
    const { startPublisher, startConsumer, change, effectsOf, allSent } = world();
    const publisher = await startPublisher();
    await change(publisher, 'a', 3);
    await allSent();
    await startConsumer();
    assert.deepEqual(await effectsOf(3), { a: [1, 2, 3] });
  });

  it('skips an event that has no handler', async () => {
    const { startPublisher, startConsumer, change, effectsOf, topic } = world();
    const publisher = await startPublisher();
    await startConsumer();
    await withProducer(broker().bootstrapServers, (producer) =>
      producer.send({ topic, messages: [{ key: 'a', value: '{}', headers: foreignEvent }] }),
    );
    await change(publisher, 'a');
    assert.deepEqual(await effectsOf(1), { a: [1] });
  });
}

const foreignEvent = {
  ce_specversion: '1.0',
  ce_id: '1',
  ce_type: 'order.archived',
  ce_source: 'archive-service',
  'content-type': 'application/json',
};
