import assert from 'node:assert/strict';
import type { Suite } from './bus-suite.ts';
import type { OrderWorld, Replica } from './order-world.ts';
import { countEffects, expectedEffects } from './orders.ts';

const orderIds = Array.from({ length: 40 }, (_, index) => `order-${index}`);
const writersPerReplica = 3;

export function orderingBehaviour({ world }: Suite): void {
  it('events of a key arrive in the order of their changes, with 3 relays and 2 consumers', async () => {
    const { startPublisher, startConsumer } = world();
    const publishers = await Promise.all([startPublisher(), startPublisher(), startPublisher()]);
    await Promise.all([startConsumer(), startConsumer()]);
    await changeMany(world(), publishers, 900);
    await assertEveryEffect(world());
  });

  it('events of a key stay in order while replicas start and stop', async () => {
    const { startPublisher, startConsumer } = world();
    const [leaving, ...staying] = await Promise.all([startPublisher(), startPublisher(), startPublisher()]);
    const [leavingConsumer] = await Promise.all([startConsumer(), startConsumer()]);
    assert.ok(leaving && leavingConsumer);
    const all = changeMany(world(), staying, 400);
    await changeMany(world(), [leaving], 100);
    await Promise.all([leaving.stop(), leavingConsumer.stop()]);
    const [joining] = await Promise.all([startPublisher(), startConsumer()]);
    await changeMany(world(), [joining], 100);
    await all;
    await assertEveryEffect(world());
  });
}

/** Several writers per replica, all of which change the same orders. */
async function changeMany(world: OrderWorld, replicas: Replica[], changes: number): Promise<void> {
  let left = changes;
  const write = async (replica: Replica) => {
    while (left-- > 0) {
      const id = orderIds[Math.floor(Math.random() * orderIds.length)] ?? '';
      await world.change(replica, id);
    }
  };
  const writers = replicas.flatMap((replica) => Array.from({ length: writersPerReplica }, () => replica));
  await Promise.all(writers.map(write));
}

async function assertEveryEffect({ orders, effectsOf }: OrderWorld): Promise<void> {
  const expected = await expectedEffects(orders);
  assert.deepEqual(await effectsOf(countEffects(expected)), expected);
}
