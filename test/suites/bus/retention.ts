import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import type { Suite } from './bus-suite.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { withAdmin } from './raw-kafka.ts';

/** The time for which Kafka keeps events, which the inbox needs. */
export function retentionBehaviour({ world, broker }: Suite): void {
  async function retentionOf(configs: Record<string, string>): Promise<number | undefined> {
    const topic = `${world().topic}-kept`;
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    const { bootstrapServers } = broker();
    // waiting for leaders would reject if the broker has not learned of the topic yet
    const topics = [{ topic, configEntries }];
    await withAdmin(bootstrapServers, (admin) => admin.createTopics({ topics, waitForLeaders: false }));
    const driver = createKafkaDriver(
      {
        bootstrapServers: bootstrapServers.split(','),
        groupId: 'unused',
        topicPartitions: 1,
        topicReplicationFactor: 1,
      },
      { clientId: 'test', logger: pino({ enabled: false }) },
    );
    try {
      const known = async () => driver.topicRetention(topic).catch(() => undefined);
      await waitFor(async () => (await known()) !== undefined);
      return await known();
    } finally {
      await driver.close();
    }
  }

  it('a topic keeps events for retention.ms plus segment.ms, since Kafka deletes whole segments', async () => {
    assert.equal(await retentionOf({ 'retention.ms': '5000', 'segment.ms': '2000' }), 7_000);
  });

  it('a topic keeps events forever if retention.ms is -1', async () => {
    assert.equal(await retentionOf({ 'retention.ms': '-1' }), Infinity);
  });

  it('a topic keeps events forever if it is only compacted', async () => {
    assert.equal(await retentionOf({ 'cleanup.policy': 'compact', 'retention.ms': '5000' }), Infinity);
  });
}
