import assert from 'node:assert/strict';
import type { Suite } from './bus-suite.ts';
import { createOrderWorld, type OrderWorld } from './order-world.ts';
import { withAdmin } from './raw-kafka.ts';

export function prefixBehaviour({ broker }: Suite): void {
  const worlds: OrderWorld[] = [];
  afterEach(() => Promise.all(worlds.splice(0).map((each) => each.close())));

  it('a prefix separates two environments on one Kafka that use the same names of services, topics and groups', async () => {
    const { bootstrapServers } = broker();
    for (const KAFKA_TOPIC_PREFIX of ['blue.', 'green.'])
      worlds.push(await createOrderWorld(bootstrapServers, { KAFKA_TOPIC_PREFIX }, worlds[0]?.topic));
    const [blue, green] = worlds;
    assert.ok(blue && green);
    assert.deepEqual([green.topic, green.groupId], [blue.topic, blue.groupId]);
    for (const { startPublisher, startConsumer, change } of worlds) {
      const publisher = await startPublisher();
      await startConsumer();
      await change(publisher, 'shared', 2);
    }
    await blue.change(await blue.startPublisher(), 'blue', 3);
    await green.change(await green.startPublisher(), 'green');
    assert.deepEqual(await blue.effectsOf(5), { blue: [1, 2, 3], shared: [1, 2] });
    assert.deepEqual(await green.effectsOf(3), { green: [1], shared: [1, 2] });

    // neither the database nor the metrics contain the prefix
    assert.deepEqual(await blue.copies('event_positions').distinct('topic').pluck('topic'), [blue.topic]);
    const topics = await withAdmin(bootstrapServers, (admin) => admin.listTopics());
    assert.deepEqual(topics.filter((topic) => topic.endsWith(blue.topic)).toSorted(), [
      `blue.${blue.topic}`,
      `green.${blue.topic}`,
    ]);
  });
}
