import type { Admin } from 'kafkajs';
import type { KafkaConfig } from '../../config/kafka-config.ts';
import { reasonOf, refusedTopics, TopicError, typeOf } from './errors.ts';

/** ConfigResourceTypes.TOPIC: KafkaJS is CommonJS, and Node does not see this export. */
const TOPIC_RESOURCE = 2;

export interface TopicOffsets {
  partition: number;
  low: number;
  high: number;
}

export interface PartitionOffset {
  partition: number;
  offset: number;
}

export interface CommittedOffset {
  topic: string;
  partition: number;
  offset: number;
}

/**
 * Kafka refuses a request for more than 10,000 partitions
 * (MAX_PARTITIONS_PER_BATCH of org.apache.kafka.controller.ReplicationControlManager).
 */
const PARTITIONS_PER_REQUEST = 5_000;

/** Creates the missing topics in one request, or in several if they have very many partitions. Stops in between at `signal`. */
export async function ensureTopics(
  admin: Admin,
  topics: readonly string[],
  config: KafkaConfig,
  signal?: AbortSignal,
): Promise<void> {
  const present = new Set(await admin.listTopics());
  const missing = [...new Set(topics)].filter((topic) => !present.has(topic));
  const atOnce = Math.max(1, Math.floor(PARTITIONS_PER_REQUEST / config.topicPartitions));
  for (let start = 0; start < missing.length; start += atOnce) {
    if (signal?.aborted) return;
    await createTopics(admin, missing.slice(start, start + atOnce), config);
  }
}

async function createTopics(admin: Admin, topics: readonly string[], config: KafkaConfig): Promise<void> {
  const { topicPartitions: numPartitions, topicReplicationFactor: replicationFactor } = config;
  try {
    // resolves to false if other replicas have created all of them
    await admin.createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions, replicationFactor })),
    });
  } catch (cause) {
    const refused = refusedTopics(cause);
    if (refused?.length === 0) return;
    const names = refused?.map(({ topic }) => topic) ?? topics;
    const wish = `${numPartitions} partitions and replication factor ${replicationFactor}`;
    throw new TopicError(
      `${names.length > 1 ? 'topics' : 'topic'} ${names.join(', ')} could not be created with ${wish}: ${reasonOf(refused?.[0] ?? cause)}; create ${names.length > 1 ? 'them' : 'it'} yourself, or change KAFKA_TOPIC_PARTITIONS and KAFKA_TOPIC_REPLICATION_FACTOR`,
      refused ? new AggregateError(refused, 'Topic creation errors') : cause,
    );
  }
}

export async function topicOffsets(admin: Admin, topic: string): Promise<TopicOffsets[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
}

export async function offsetsAt(admin: Admin, topic: string, time: number): Promise<PartitionOffset[]> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, time);
  return offsets.map(({ partition, offset }) => ({ partition, offset: Number(offset) }));
}

export async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<CommittedOffset[]> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  return committed
    .flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
    )
    .filter(({ offset }) => offset >= 0);
}

export async function topicRetention(admin: Admin, topic: string): Promise<number | undefined> {
  const configNames = ['cleanup.policy', 'retention.ms', 'segment.ms'];
  try {
    const { resources } = await admin.describeConfigs({
      resources: [{ type: TOPIC_RESOURCE, name: topic, configNames }],
      includeSynonyms: false,
    });
    const configs = resources[0]?.configEntries ?? [];
    const [policy, ...times] = configNames.map(
      (name) => configs.find(({ configName }) => configName === name)?.configValue ?? '',
    );
    const [retention = -1, segment = 0] = times.map(Number);
    return policy?.includes('delete') && retention >= 0 ? retention + segment : Infinity;
  } catch (error) {
    if (typeOf(error)?.endsWith('AUTHORIZATION_FAILED')) return undefined;
    throw error;
  }
}
