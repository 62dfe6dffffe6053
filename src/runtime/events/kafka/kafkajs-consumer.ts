import type { IncomingMessage } from '../message.ts';
import type { Fetched, TopicPartition } from './member.ts';
import { cleanHeaders } from '../received-headers.ts';

/** The part of a KafkaJS consumer that is used here. */
export interface KafkaConsumer {
  connect(): Promise<void>;
  subscribe(options: { topics: string[]; fromBeginning: boolean }): Promise<void>;
  run(options: {
    autoCommit: boolean;
    partitionsConsumedConcurrently: number;
    eachBatch(payload: BatchPayload): Promise<void>;
  }): Promise<void>;
  seek(at: TopicPartition & { offset: string }): void;
  pause(topics: { topic: string; partitions: number[] }[]): void;
  resume(topics: { topic: string; partitions: number[] }[]): void;
  on(event: 'consumer.group_join', listener: (event: { payload: GroupJoin }) => void): unknown;
  on(event: 'consumer.crash', listener: (event: { payload: { error: Error } }) => void): unknown;
  on(
    event: 'consumer.network.request_timeout',
    listener: (event: { payload: { apiName: string; broker: string } }) => void,
  ): unknown;
  on(event: 'consumer.heartbeat', listener: () => void): unknown;
}

interface GroupJoin {
  memberId: string;
  memberAssignment: Record<string, number[]>;
}

export interface BatchPayload {
  batch: {
    topic: string;
    partition: number;
    highWatermark: string;
    messages: (Omit<IncomingMessage, 'topic' | 'partition' | 'headers'> & {
      headers?: Record<string, unknown>;
    })[];
  };
  heartbeat(): Promise<void>;
  commitOffsetsIfNecessary(offsets: CommitRequest): Promise<void>;
  isStale(): boolean;
}

interface CommitRequest {
  topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
}

export const partitionsOf = ({
  topic,
  partitions,
}: {
  topic: string;
  partitions: number[];
}): TopicPartition[] => partitions.map((partition) => ({ topic, partition }));

/** What KafkaJS calls a commit. */
export function commitsByTopic(
  positions: (TopicPartition & { position: number })[],
): CommitRequest['topics'] {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { topic, partition, position } of positions) {
    topics.set(topic, [...(topics.get(topic) ?? []), { partition, offset: String(position) }]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

/** What KafkaJS calls a batch, in our words. */
export function fetchedOf({ topic, partition, highWatermark, messages }: BatchPayload['batch']): Fetched {
  return {
    topic,
    partition,
    messages: messages.map(({ offset, key, value, headers, timestamp }) => ({
      topic,
      partition,
      offset,
      key,
      value,
      headers: cleanHeaders(headers),
      timestamp,
    })),
    end: Number(highWatermark),
  };
}
