import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { ConsumerMetrics } from '../handling/metrics.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import type { TopicPartition } from '../event/message.ts';
import type { TopicOffsets } from '../kafka/topics.ts';
import {
  createPosition,
  noteTopicIds,
  readPositions,
  resetPosition,
  type GroupPartition,
  type LogPosition,
  type PartitionPosition,
} from '../inbox/positions.ts';
import { describeWitness, isSameRecord, type Witness } from '../inbox/witness.ts';

export interface StartOptions {
  database: Knex;
  driver: Pick<KafkaDriver, 'topicOffsets' | 'committedOffsets'>;
  /** Returns the ids of topics that Kafka reports. */
  topicIds(topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  groupId: string;
  logger: Logger;
  metrics: ConsumerMetrics;
}

export interface StartPosition extends TopicPartition {
  start: PartitionPosition;
  /** A record that the log must contain if the position belongs to it. */
  witness?: Witness | undefined;
  /** The offset after the last message. */
  end: number;
}

/** A record that the group has seen, and the record now at its offset. */
export interface Mismatch {
  witness: Witness;
  found: Witness;
}

/** A newly elected leader may not know its end yet (KIP-207), so an unexpected end is checked again. */
const SECOND_LOOK = 1_000;

/**
 * Returns the positions at which the group continues: its position in PostgreSQL; without one, the offset that it committed
 * to Kafka; without that, the earliest message. A position outside of the log, or in a different log, is reset to the
 * earliest message and reported: beyond the end, the broker's data was lost; before the start, events were deleted before
 * they were handled; and all events of a different log are new. A log is different if its topic id is, or if `mismatches`, by
 * place, were found.
 */
export async function startPositions(
  partitions: TopicPartition[],
  options: StartOptions,
  mismatches: ReadonlyMap<string, Mismatch> = new Map(),
): Promise<StartPosition[]> {
  const { database, groupId } = options;
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  // positions before ends: an end that is read first may be before a position that another member moves meanwhile
  const known = await readPositions(database, groupId, topics);
  const wanted = await withCommitted(known, partitions, topics, options);
  const topicIds = await options.topicIds(topics);
  const logs = await readLogs(partitions, wanted, topics, options);
  const starts = await Promise.all(
    partitions.map(async ({ topic, partition }) => {
      const place = partitionKey(topic, partition);
      const log = logs.get(place);
      if (!log)
        throw new Error(`Kafka does not have partition ${place}; the partition or its topic was deleted`);
      const found = { known: known.get(place), wanted: wanted.get(place), mismatch: mismatches.get(place) };
      const at = { of: { groupId, topic, partition }, log, topicId: topicIds.get(topic) };
      return { topic, partition, end: log.high, ...(await startPosition(at, found, options)) };
    }),
  );
  if ([...known.values()].some(({ topicId }) => topicId === undefined))
    await noteTopicIds(database, groupId, topicIds);
  return starts;
}

interface FetchedLog {
  of: GroupPartition;
  log: TopicOffsets;
  topicId: string | undefined;
}

interface Found {
  known: LogPosition | undefined;
  wanted: number | undefined;
  mismatch: Mismatch | undefined;
}

async function startPosition(
  { of, log: { low, high }, topicId }: FetchedLog,
  { known, wanted = low, mismatch }: Found,
  { database, logger, metrics }: StartOptions,
): Promise<Pick<StartPosition, 'start' | 'witness'>> {
  const cause = differs(known, topicId, mismatch) ?? outside(wanted, low, high);
  if (cause === undefined) {
    const start = known ?? (await createPosition(database, of, wanted, topicId));
    // a record that Kafka has deleted proves nothing
    const { witness } = known ?? {};
    return { start, ...(witness && witness.offset >= low && witness.offset < high && { witness }) };
  }
  logger.error(
    { topic: of.topic, partition: of.partition, position: wanted, low, high },
    `group ${of.groupId} was at ${wanted} in ${of.topic}/${of.partition}, whose log has offsets ${low} to ${high}: ${cause}; continuing at ${low}`,
  );
  metrics.positionReset(of.topic);
  if (!known) return { start: await createPosition(database, of, low, topicId) };
  return { start: await resetPosition(database, of, known, low, topicId) };
}

function outside(wanted: number, low: number, high: number): string | undefined {
  if (wanted > high) return 'the data of the broker was deleted';
  return wanted < low ? 'events were deleted before they were handled' : undefined;
}

/** Describes how the log differs from the position's log; undefined if nothing shows a difference. */
function differs(
  known: LogPosition | undefined,
  topicId: string | undefined,
  mismatch: Mismatch | undefined,
): string | undefined {
  const another =
    'this is a different log: its topic was deleted and created again, or a different cluster answers';
  if (known?.topicId !== undefined && topicId !== undefined && known.topicId !== topicId)
    return `${another}: the id of the topic was ${known.topicId} and is ${topicId}`;
  // another member may have reported it meanwhile
  if (!mismatch || !known?.witness || !isSameRecord(known.witness, mismatch.witness)) return undefined;
  const { witness, found } = mismatch;
  return `${another}: the record at offset ${witness.offset} was written at ${describeWitness(witness)}, and the present one at ${describeWitness(found)}`;
}

/** Returns the offsets to continue at, by place: the positions, and Kafka's committed offsets if there is none. */
async function withCommitted(
  known: Map<string, LogPosition>,
  partitions: TopicPartition[],
  topics: string[],
  { driver, groupId }: StartOptions,
): Promise<Map<string, number>> {
  const wanted = new Map([...known].map(([place, { position }]) => [place, position]));
  if (partitions.every(({ topic, partition }) => wanted.has(partitionKey(topic, partition)))) return wanted;
  for (const { topic, partition, offset } of await driver.committedOffsets(groupId, topics)) {
    const place = partitionKey(topic, partition);
    if (!wanted.has(place)) wanted.set(place, offset);
  }
  return wanted;
}

async function readLogs(
  partitions: TopicPartition[],
  wanted: Map<string, number>,
  topics: string[],
  { driver }: StartOptions,
): Promise<Map<string, TopicOffsets>> {
  const read = async (): Promise<Map<string, TopicOffsets>> => {
    const logs = await Promise.all(
      topics.map(async (topic) =>
        (await driver.topicOffsets(topic)).map((log) => [partitionKey(topic, log.partition), log] as const),
      ),
    );
    return new Map(logs.flat());
  };
  const logs = await read();
  const beyond = partitions.some(({ topic, partition }) => {
    const place = partitionKey(topic, partition);
    return (wanted.get(place) ?? 0) > (logs.get(place)?.high ?? 0);
  });
  if (!beyond) return logs;
  await sleep(SECOND_LOOK);
  return read();
}

export function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
