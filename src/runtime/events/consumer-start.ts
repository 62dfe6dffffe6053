import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { ConsumerMetrics } from './consumer-metrics.ts';
import type { KafkaDriver } from './kafka/driver.ts';
import type { TopicPartition } from './kafka/member.ts';
import type { TopicOffsets } from './kafka/topics.ts';
import {
  createPosition,
  readPositions,
  resetPosition,
  type GroupPartition,
  type Position,
} from './positions.ts';

export interface StartOptions {
  database: Knex;
  driver: Pick<KafkaDriver, 'topicOffsets' | 'committedOffsets'>;
  groupId: string;
  logger: Logger;
  metrics: ConsumerMetrics;
}

export interface StartPosition extends TopicPartition {
  start: Position;
  /** The offset after the last message. */
  end: number;
}

/** A leader that was just elected may not know its end yet (KIP-207), so that a surprise is looked at twice. */
const SECOND_LOOK = 1_000;

/**
 * Where the group goes on in each partition: at its position in PostgreSQL; without one at the offset that it committed to
 * Kafka; without that at the earliest message. A place outside of the log is set to the earliest message, loudly: beyond
 * the end the broker's data was thrown away, before the beginning events were deleted that nobody had handled.
 */
export async function startPositions(
  partitions: TopicPartition[],
  options: StartOptions,
): Promise<StartPosition[]> {
  const { database, groupId } = options;
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  // positions before ends: an end that is read first may lie before a position that another member moves meanwhile
  const known = await readPositions(database, groupId, topics);
  const wanted = await withCommitted(known, partitions, topics, options);
  const logs = await readLogs(partitions, wanted, topics, options);
  return Promise.all(
    partitions.map(async ({ topic, partition }) => {
      const place = placeOf(topic, partition);
      const log = logs.get(place);
      if (!log) throw new Error(`Kafka knows no partition ${place}; it was deleted, or its topic was`);
      const of = { groupId, topic, partition };
      const start = await startPosition(
        of,
        log,
        { known: known.get(place), wanted: wanted.get(place) },
        options,
      );
      return { topic, partition, start, end: log.high };
    }),
  );
}

async function startPosition(
  of: GroupPartition,
  { low, high }: TopicOffsets,
  { known, wanted = low }: { known?: Position; wanted?: number },
  { database, logger, metrics }: StartOptions,
): Promise<Position> {
  const inside = wanted >= low && wanted <= high;
  if (inside) return known ?? createPosition(database, of, wanted);
  const cause =
    wanted > high ? 'the data of the broker was thrown away' : 'events were deleted before they were handled';
  logger.error(
    { topic: of.topic, partition: of.partition, position: wanted, low, high },
    `group ${of.groupId} was at ${wanted} in ${of.topic}/${of.partition}, which holds ${low} to ${high}: ${cause}; going on at ${low}`,
  );
  metrics.positionReset(of.topic);
  return known ? resetPosition(database, of, known, low) : createPosition(database, of, low);
}

/** The offsets to go on at, by place: the positions, and what Kafka has where there is none. */
async function withCommitted(
  known: Map<string, Position>,
  partitions: TopicPartition[],
  topics: string[],
  { driver, groupId }: StartOptions,
): Promise<Map<string, number>> {
  const wanted = new Map([...known].map(([place, { position }]) => [place, position]));
  if (partitions.every(({ topic, partition }) => wanted.has(placeOf(topic, partition)))) return wanted;
  for (const { topic, partition, offset } of await driver.committedOffsets(groupId, topics)) {
    const place = placeOf(topic, partition);
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
        (await driver.topicOffsets(topic)).map((log) => [placeOf(topic, log.partition), log] as const),
      ),
    );
    return new Map(logs.flat());
  };
  const logs = await read();
  const beyond = partitions.some(({ topic, partition }) => {
    const place = placeOf(topic, partition);
    return (wanted.get(place) ?? 0) > (logs.get(place)?.high ?? 0);
  });
  if (!beyond) return logs;
  await sleep(SECOND_LOOK);
  return read();
}

export function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
