import type { Knex } from 'knex';
import type { KafkaConfig } from '../config/kafka-config.ts';
import type { KafkaDriver } from '../events/kafka/driver.ts';
import { readPositions } from '../events/inbox/positions.ts';
import { CommandError } from './input/command.ts';

/** Events of one partition, from one offset up to another (exclusive). */
export interface Span {
  partition: number;
  from: number;
  to: number;
  events: number;
}

/** Returns the events of a topic since a time (undefined means all). Rejects if the topic does not exist. */
export async function readSpans(
  driver: KafkaDriver,
  topic: string,
  since: Date | undefined,
  config: KafkaConfig,
): Promise<Span[]> {
  const topics = await topicsOf(driver, config);
  if (!topics.includes(topic))
    throw new CommandError(
      `Kafka at ${config.bootstrapServers.join(',')} has no topic ${JSON.stringify(topic)}; it has ${topics.length === 0 ? 'no topics' : topics.join(', ')}`,
    );
  const starts = new Map(
    since
      ? (await driver.offsetsAt(topic, since.getTime())).map(({ partition, offset }) => [partition, offset])
      : [],
  );
  return (await driver.topicOffsets(topic))
    .map(({ partition, low, high }) => spanOf(partition, Math.max(low, starts.get(partition) ?? low), high))
    .toSorted((a, b) => a.partition - b.partition);
}

async function topicsOf(driver: KafkaDriver, config: KafkaConfig): Promise<string[]> {
  try {
    return (await driver.listTopics()).filter((topic) => !topic.startsWith('__')).toSorted();
  } catch (cause) {
    throw new CommandError(
      `Kafka at ${config.bootstrapServers.join(',')} does not answer: ${String(cause)}`,
      {
        cause,
      },
    );
  }
}

const spanOf = (partition: number, from: number, to: number): Span => ({
  ...{ partition, from, to },
  events: Math.max(0, to - from),
});

/**
 * Limits the events to those before the group's position, and omits partitions that the group has not started. The span is
 * empty if the group's position is before the first event.
 */
export async function untilPosition(
  spans: readonly Span[],
  { database, driver, group, topic }: { database: Knex; driver: KafkaDriver; group: string; topic: string },
): Promise<Span[]> {
  const known = await readPositions(database, group, [topic]);
  const committed = await driver.committedOffsets(group, [topic]);
  return spans.flatMap(({ partition, from }) => {
    const position =
      known.get(`${topic}/${partition}`)?.position ??
      committed.find((each) => each.partition === partition)?.offset;
    return position === undefined ? [] : [spanOf(partition, Math.min(from, position), position)];
  });
}
