import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import type { Suite } from './bus-suite.ts';
import { withAdmin } from './raw-kafka.ts';

/** How long Kafka keeps events, as the inbox must know. */
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

  it('is retention.ms, and segment.ms, since only whole segments are deleted', async () => {
    assert.equal(await retentionOf({ 'retention.ms': '5000', 'segment.ms': '2000' }), 7_000);
  });

  it('is for ever where retention.ms says so', async () => {
    assert.equal(await retentionOf({ 'retention.ms': '-1' }), Infinity);
  });

  it('is for ever where a topic is only compacted', async () => {
    assert.equal(await retentionOf({ 'cleanup.policy': 'compact', 'retention.ms': '5000' }), Infinity);
  });
}
