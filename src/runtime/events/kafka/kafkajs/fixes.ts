import { createRequire } from 'node:module';
import { type EncodedRecord, encodeRecord, type RecordFields } from './record-encoder.ts';

/** The modules of KafkaJS that reference the record encoder, once they are loaded. */
const produceRequest = /kafkajs[\\/]src[\\/]protocol[\\/]requests[\\/]produce[\\/]v\d+[\\/]request\.js$/;

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  pending: unknown[];
  checkPendingRequests(): void;
}

/**
 * Each connection of KafkaJS 2.2.4 wakes up every millisecond, because of a timer with a negative delay, which Node 22 warns
 * about (tulios/kafkajs#1751). This sets the timer only while requests wait. Remove it when KafkaJS does the same.
 */
export function stopIdleTimers(): void {
  const queues: { prototype: { scheduleCheckPendingRequests(): void } } = createRequire(import.meta.url)(
    'kafkajs/src/network/requestQueue',
  );
  queues.prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
}

function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
  const delay = Math.max(this.throttledUntil - Date.now(), 10);
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delay);
}

/**
 * If an offset is out of range, KafkaJS 2.2.4 silently continues at the first or last message, and the skipped events go
 * unnoticed. Instead, the member is lost with this error; the next one starts at the position in PostgreSQL and reports the
 * gap.
 */
export function stopJumps(): void {
  const groups: { prototype: { recoverFromOffsetOutOfRange(outOfRange: Error): Promise<void> } } =
    createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup');
  groups.prototype.recoverFromOffsetOutOfRange = async (outOfRange) => {
    throw outOfRange;
  };
}

interface StoppableRunner {
  running: boolean;
}

type FetchFrom = (this: StoppableRunner, nodeId: number) => Promise<unknown>;

/**
 * If the brokers of a member of KafkaJS 2.2.4 change while it stops, new fetchers begin, and each gets no messages at once, forever: the
 * process never ends and uses a whole CPU. This error ends them; KafkaJS then sees that the member is stopped.
 */
export function endStoppedFetchers(): void {
  const require = createRequire(import.meta.url);
  const { KafkaJSError } = require('kafkajs/src/errors') as { KafkaJSError: new (message: string) => Error };
  const runners: {
    prototype: { fetch: FetchFrom & { ends?: true } };
  } = require('kafkajs/src/consumer/runner');
  const { fetch } = runners.prototype;
  if (fetch.ends) return;
  const fetchWhileRunning: FetchFrom = async function fetchWhileRunning(nodeId) {
    if (!this.running) throw new KafkaJSError('The consumer is stopped');
    return fetch.call(this, nodeId);
  };
  runners.prototype.fetch = Object.assign(fetchWhileRunning, { ends: true as const });
}

interface GroupOfPartitions {
  cluster: { findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number | null }[] };
  preferredReadReplicasPerTopicPartition: Record<string, object | undefined>;
}

type FindReplicas = (this: GroupOfPartitions, topic: string, partitions: (number | string)[]) => object;

/**
 * Before each fetch, KafkaJS 2.2.4 groups the partitions of a member by their brokers, in a time that is quadratic in their
 * number. This does it in linear time, unless a broker has named a replica to read from (KIP-392) or a leader is unknown.
 */
export function groupPartitionsQuickly(): void {
  const groups: { prototype: { findReadReplicaForPartitions: FindReplicas & { isQuick?: true } } } =
    createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup');
  const find = groups.prototype.findReadReplicaForPartitions;
  if (find.isQuick) return;
  const findQuickly: FindReplicas = function findQuickly(topic, partitions) {
    const preferred = this.preferredReadReplicasPerTopicPartition[topic] ?? {};
    const leaders = new Map(
      this.cluster.findTopicPartitionMetadata(topic).map(({ partitionId, leader }) => [partitionId, leader]),
    );
    const isPlain = Object.keys(preferred).length === 0 && ![...leaders.values()].includes(null);
    return isPlain ? groupByLeader(leaders, partitions.map(Number)) : find.call(this, topic, partitions);
  };
  groups.prototype.findReadReplicaForPartitions = Object.assign(findQuickly, { isQuick: true as const });
}

/** Partitions without metadata are left out. */
function groupByLeader(
  leaders: ReadonlyMap<number, number | null>,
  partitions: number[],
): Record<number, number[]> {
  const groups: Record<number, number[]> = {};
  for (const partition of partitions) {
    const leader = leaders.get(partition);
    if (typeof leader === 'number') (groups[leader] ??= []).push(partition);
  }
  return groups;
}

/**
 * Installs record-encoder.ts before KafkaJS's own record encoder, which still encodes the records that it declines: encoding
 * was half of the relay's work. KafkaJS 2.2.4 loads the encoder when it first sends; for a client that has already sent, its
 * request modules are reloaded. Remove it when KafkaJS no longer creates a buffer for every header.
 */
export function encodeRecordsQuickly(): void {
  const require = createRequire(import.meta.url);
  const name = 'kafkajs/src/protocol/recordBatch/record/v0';
  const encode: (fields: RecordFields) => EncodedRecord = require(name);
  const loaded = require.cache[require.resolve(name)];
  if (!loaded || 'isQuick' in encode) return;
  loaded.exports = Object.assign((fields: RecordFields) => encodeRecord(fields) ?? encode(fields), {
    isQuick: true,
  });
  for (const file of Object.keys(require.cache)) if (produceRequest.test(file)) delete require.cache[file];
}
