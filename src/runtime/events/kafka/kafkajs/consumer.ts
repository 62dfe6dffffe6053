import type { IncomingMessage, TopicPartition } from '../../event/message.ts';
import { excessOf } from '../../event/size.ts';
import type { RangeMessage, ReadRange } from './fetch.ts';
import type { Fetched } from '../records/fetched.ts';
import { cleanHeaders } from '../../event/received-headers.ts';

/** The used part of a KafkaJS consumer. */
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
    messages: (ReadMessage | RangeMessage)[];
  };
  heartbeat(): Promise<void>;
  commitOffsetsIfNecessary(offsets: CommitRequest): Promise<void>;
  isStale(): boolean;
}

type ReadMessage = Omit<IncomingMessage, 'topic' | 'partition' | 'headers'> & {
  headers?: Record<string, unknown>;
};

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

/** Converts positions to KafkaJS's form of a commit. */
export function commitsByTopic(
  positions: (TopicPartition & { position: number })[],
): CommitRequest['topics'] {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { topic, partition, position } of positions) {
    topics.set(topic, [...(topics.get(topic) ?? []), { partition, offset: String(position) }]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

/**
 * Converts a KafkaJS batch; `fetch.ts` has appended the range to its messages. Messages larger than `most` bytes are marked.
 */
export function fetchedOf(
  { topic, partition, highWatermark, messages }: BatchPayload['batch'],
  most: number,
): Fetched {
  const range = messages.map(rangeOf).find(Boolean);
  if (!range)
    throw new Error(`KafkaJS handed over messages of ${topic}/${partition} that KafkaJS fetched itself`);
  return {
    ...{ topic, partition, logEnd: Number(highWatermark), ...range },
    messages: messages
      .filter((message): message is ReadMessage => !rangeOf(message))
      .map((message) => messageOf(message, { topic, partition }, most)),
  };
}

function messageOf(
  { offset, key, value, headers: given, timestamp }: ReadMessage,
  at: TopicPartition,
  most: number,
): IncomingMessage {
  const headers = cleanHeaders(given);
  // without spreads: this runs for each message
  const { topic, partition } = at;
  const message: IncomingMessage = { topic, partition, offset, key, value, headers, timestamp };
  const excess = excessOf(message, most);
  if (excess !== undefined) message.excess = excess;
  return message;
}

const rangeOf = (message: ReadMessage | RangeMessage): ReadRange | undefined =>
  'range' in message ? message.range : undefined;
