import type { Broker, Cluster } from 'kafkajs';
import { readFetchAnswer, type FetchAnswer, type FetchedPartition } from './fetch-answer.ts';
import type { KafkaRecord } from '../records/record.ts';
import type { RecordSet } from '../records/record-set.ts';

/** The range of a fetch; KafkaJS can only carry it as an additional message. */
export interface ReadRange extends Omit<RecordSet, 'records'> {
  /** The requested offset. */
  from: number;
  /** The offset after the last message available to a consumer: open transactions limit it. */
  end: number;
}

/** The last item that KafkaJS passes on carries the range and is not a message. */
export interface RangeMessage {
  offset: string;
  range: ReadRange;
}

/** The most records of one response, since each costs about half a kilobyte besides its bytes. */
const RECORDS = 10_000;
/** The broker names no preferred replica (KIP-392). */
const NO_REPLICA = -1;

/** The parts of KafkaJS's broker that its types omit. */
type FetchingBroker = Broker & {
  fetch: (request: FetchRequest) => Promise<unknown>;
  lookupRequest: (...definition: unknown[]) => (payload: object) => SpokenRequest;
};

interface FetchRequest {
  topics: { topic: string; partitions: { partition: number; fetchOffset: string }[] }[];
}

interface SpokenRequest {
  request: { apiVersion: number };
  response: { decode: (bytes: Buffer) => Promise<unknown> };
}

/**
 * Makes the consumer of `cluster`, but no other client of the process, decode fetch responses with our code. KafkaJS 2.2.4
 * supports only gzip and does not limit its size, lets one unreadable batch stop all partitions, verifies no checksum,
 * confuses messages of aborted transactions with others (filterAbortedMessages.js), and hides its position after it skips
 * control records. `batchBytes` limits the decompressed size of a single batch.
 */
export function readFetches(cluster: Cluster, batchBytes: number): void {
  const findBroker = cluster.findBroker.bind(cluster);
  const known = new WeakSet<Broker>();
  cluster.findBroker = async (node) => {
    const broker = await findBroker(node);
    if (!known.has(broker)) readFetchesOf(broker as FetchingBroker, batchBytes);
    known.add(broker);
    return broker;
  };
}

function readFetchesOf(broker: FetchingBroker, batchBytes: number): void {
  const fetch: (this: object, request: FetchRequest) => Promise<unknown> = Reflect.get(broker, 'fetch');
  broker.fetch = (request) => {
    const lookupRequest: FetchingBroker['lookupRequest'] = (...definition) => {
      const speak = broker.lookupRequest(...definition);
      return (payload) => withOwnDecoder(speak(payload), request, batchBytes);
    };
    // the broker itself, except for this request
    return fetch.call(Object.create(broker, { lookupRequest: { value: lookupRequest } }), request);
  };
}

function withOwnDecoder(spoken: SpokenRequest, { topics }: FetchRequest, batchBytes: number): SpokenRequest {
  const version = spoken.request.apiVersion;
  if (version < 4) return spoken;
  const asked = new Map<string, number>();
  for (const { topic, partitions } of topics) {
    for (const { partition, fetchOffset } of partitions)
      asked.set(`${topic}/${partition}`, Number(fetchOffset));
  }
  const fromOf = (topic: string, partition: number): number => asked.get(`${topic}/${partition}`) ?? 0;
  return {
    ...spoken,
    response: {
      ...spoken.response,
      async decode(bytes) {
        const allowance = { batchBytes, bytes: batchBytes / 2, records: RECORDS };
        return answerForKafkaJs(
          await readFetchAnswer(bytes, { version, fromOf, allowance }),
          version,
          fromOf,
        );
      },
    },
  };
}

/**
 * From version 8, the client waits after a throttled response (KIP-219). KafkaJS would handle each partition without a result
 * one after the other, which takes longer than the others if a member has hundreds of partitions.
 */
export function answerForKafkaJs(
  { throttleTime, errorCode, sessionId, topics }: FetchAnswer,
  version: number,
  fromOf: (topic: string, partition: number) => number,
): object {
  return {
    ...(version < 8 ? { throttleTime } : { throttleTime: 0, clientSideThrottleTime: throttleTime }),
    ...{ errorCode, sessionId },
    responses: topics.map(({ topic, partitions }) => ({
      topicName: topic,
      partitions: partitions
        .filter((each) => hasResult(each, fromOf(topic, each.partition)))
        .map((each) => partitionForKafkaJs(each, fromOf(topic, each.partition))),
    })),
  };
}

function hasResult(
  { errorCode, preferredReadReplica = NO_REPLICA, next, damage }: FetchedPartition,
  from: number,
): boolean {
  return errorCode !== 0 || preferredReadReplica !== NO_REPLICA || next !== from || damage !== undefined;
}

function partitionForKafkaJs(
  { partition, errorCode, highWatermark, lastStableOffset, preferredReadReplica, ...set }: FetchedPartition,
  from: number,
): object {
  const end = lastStableOffset < 0 ? highWatermark : Math.min(highWatermark, lastStableOffset);
  return {
    ...{ partition, errorCode, highWatermark: String(highWatermark), preferredReadReplica },
    abortedTransactions: [],
    messages: messagesOf(set, { from, end }),
  };
}

/** Empty if no record was read. KafkaJS uses the last message's offset as its position. */
function messagesOf(
  { records, next, damage }: RecordSet,
  { from, end }: Pick<ReadRange, 'from' | 'end'>,
): (KafkaRecord | RangeMessage)[] {
  if (next === from && !damage) return [];
  const range: ReadRange = { from, next, end, ...(damage && { damage }) };
  return [...records, { offset: String(Math.max(from, next - 1)), range }];
}
