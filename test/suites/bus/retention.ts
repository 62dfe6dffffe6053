import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import type { Suite } from './bus-suite.ts';
import { withAdmin } from './raw-kafka.ts';

/** The time for which Kafka keeps events, which the inbox needs. */
export function retentionBehaviour({ world, broker }: Suite): void {
  async function retentionOf(configs: Record<string, string>): Promise<number | undefined> {
    const topic = `${world().topic}-kept`;
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    const { bootstrapServers } = broker();
    await withAdmin(bootstrapServers, (admin) => admin.createTopics({ topics: [{ topic, configEntries }] }));
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
      return await driver.topicRetention(topic);
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
