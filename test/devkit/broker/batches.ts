import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { connectProtocol, encodeRequest, type ProtocolClient } from './protocol-client.ts';

interface Long {
  toString(): string;
}

const load = createRequire(import.meta.url);
const Long: { fromValue(value: number | string): Long } = load('kafkajs/src/utils/long');

export interface ProduceAnswer {
  topics: { partitions: { partition: number; errorCode: number; baseOffset: string }[] }[];
}

export interface FetchAnswer {
  errorCode: number;
  responses: {
    partitions: {
      errorCode: number;
      highWatermark: string;
      messages: { offset: string; timestamp: string; key: Buffer; value: Buffer }[];
    }[];
  }[];
}

export interface BatchOptions {
  topic: string;
  values: string[];
  acks?: number;
  producerId?: number;
  producerEpoch?: number;
  sequence?: number;
  timestamp?: number;
  /** One for each value, instead of `timestamp`. */
  timestamps?: number[];
  /** 1 is gzip. */
  compression?: number;
}

/** The arguments of a Produce request of one batch for partition 0. */
export function batch(options: BatchOptions): object {
  const {
    topic,
    values,
    acks = -1,
    producerId = -1,
    producerEpoch = 0,
    sequence = 0,
    compression = 0,
  } = options;
  const timestamp = options.timestamp ?? Date.now();
  const messages = values.map((value, i) => ({
    key: 'key',
    value,
    timestamp: options.timestamps?.[i] ?? timestamp,
    headers: {},
  }));
  const partitions = [{ partition: 0, firstSequence: sequence, messages }];
  const producer = { producerId: Long.fromValue(producerId), producerEpoch };
  return { acks, timeout: 1000, compression, ...producer, topicData: [{ topic, partitions }] };
}

/** The bytes of one record batch. */
export async function recordBatch(options: BatchOptions): Promise<Buffer> {
  const request = await encodeRequest('Produce', 7, batch(options));
  const magic = request.findIndex(
    (byte, at) => byte === 2 && at + 45 < request.length && isBatchAt(request, at - 16),
  );
  return request.subarray(magic - 16);
}

/** Reports whether the batch that starts here states the length of the rest. */
function isBatchAt(request: Buffer, start: number): boolean {
  return start > 0 && start + 12 + request.readInt32BE(start + 8) === request.length;
}

/** Produces one batch to partition 0 and resolves to the partition's answer. */
export async function produce(client: ProtocolClient, options: BatchOptions) {
  const answer = await client.call<ProduceAnswer>('Produce', 7, batch(options));
  return answer.topics[0]!.partitions[0]!;
}

export interface FetchOptions {
  topic: string;
  offset: number;
  maxWait?: number;
  minBytes?: number;
  maxBytes?: number;
}

/** The arguments of a Fetch request for partition 0. */
export function fetchArguments({
  topic,
  offset,
  maxWait = 0,
  minBytes = 1,
  maxBytes = 1_000_000,
}: FetchOptions) {
  const partitions = [{ partition: 0, fetchOffset: String(offset), maxBytes }];
  return { replicaId: -1, maxWaitTime: maxWait, minBytes, maxBytes, topics: [{ topic, partitions }] };
}

/** Fetches partition 0 and resolves to the partition's answer. */
export async function fetch(client: ProtocolClient, options: FetchOptions) {
  const answer = await client.call<FetchAnswer>('Fetch', 11, fetchArguments(options));
  return answer.responses[0]!.partitions[0]!;
}

/** A connection, and a new topic with `partitions` partitions that is ready to be used. */
export async function connectWithTopic(bootstrapServers: string, partitions = 1) {
  const client = await connectProtocol(bootstrapServers);
  const topic = `topic-${randomUUID()}`;
  await client.call('CreateTopics', 3, {
    topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
  });
  let errorCode = -1;
  while (errorCode !== 0) {
    errorCode = (await fetch(client, { topic, offset: 0, maxWait: 10 })).errorCode;
  }
  return { client, topic };
}
