import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32c } from '../../src/devkit/broker/protocol/crc32c.ts';
import { withAdmin } from '../suites/bus/raw-kafka.ts';

/**
 * A record with every property of the protocol, including those that KafkaJS's producer cannot write:
 * https://kafka.apache.org/documentation/#record
 */
export interface RawRecord {
  key: Buffer | null;
  value: Buffer | null;
  /** In order; a name may be repeated, and a value may be null. */
  headers: [name: string | Buffer, value: Buffer | null][];
  /** Any signed 64-bit integer; the broker interprets it as milliseconds since the epoch. */
  timestamp: bigint;
}

/** ConfigResourceTypes.TOPIC of KafkaJS. */
const TOPIC_RESOURCE = 2;

/** Allows any timestamp in a topic: Kafka refuses timestamps more than an hour ahead of its clock (KIP-937). */
export async function allowAnyTime(bootstrapServers: string, topic: string): Promise<void> {
  const configEntries = [{ name: 'message.timestamp.after.max.ms', value: String(2n ** 63n - 1n) }];
  await withAdmin(bootstrapServers, (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: TOPIC_RESOURCE, name: topic, configEntries }],
    }),
  );
}

const PRODUCE = 0;
const INVALID_TIMESTAMP = 32;
/** A broker of KRaft applies a changed setting of a topic some time after the controller has answered, in ms. */
const PATIENCE = 30_000;
const PRODUCE_VERSION = 7;

/**
 * Appends each record as a separate batch to one partition, in order, through the broker at `bootstrapServers`, which must be
 * its leader. Resolves to their offsets; rejects with Kafka's error code.
 */
export async function appendRecords(
  bootstrapServers: string,
  { topic, partition = 0 }: { topic: string; partition?: number },
  records: readonly RawRecord[],
): Promise<number[]> {
  const [host = '', port = ''] = bootstrapServers.split(':');
  const socket = connect({ host, port: Number(port) });
  await once(socket, 'connect');
  const answers = framesOf(socket);
  try {
    const offsets: number[] = [];
    const append = async (index: number, record: RawRecord): Promise<Buffer | undefined> => {
      socket.write(produceRequest(index, { topic, partition }, batchOf(record)));
      const { value } = await answers.next();
      return value;
    };
    const until = performance.now() + PATIENCE;
    for (const [index, record] of records.entries()) {
      let answer = await append(index, record);
      while (errorOf(answer, topic) === INVALID_TIMESTAMP && performance.now() < until) {
        await sleep(50);
        answer = await append(index, record);
      }
      offsets.push(offsetOf(answer, topic, record));
    }
    return offsets;
  } finally {
    socket.destroy();
  }
}

function produceRequest(
  correlation: number,
  { topic, partition }: { topic: string; partition: number },
  batch: Buffer,
): Buffer {
  const body = Buffer.concat([
    ...[int16(PRODUCE), int16(PRODUCE_VERSION), int32(correlation), shortText('raw-records')],
    ...[int16(-1), int16(-1), int32(10_000)], // no transaction, every in-sync replica, milliseconds
    ...[int32(1), shortText(topic), int32(1), int32(partition), int32(batch.length), batch],
  ]);
  return Buffer.concat([int32(body.length), body]);
}

/** The response of version 7: correlation id, [topic, [partition, error, offset, ...]]. */
function offsetOf(answer: Buffer | undefined, topic: string, record: RawRecord): number {
  if (!answer) throw new Error('the broker closed the connection');
  const error = errorOf(answer, topic);
  if (error !== 0)
    throw new Error(`Kafka answers with error ${error} to a record of time ${record.timestamp}`);
  return Number(answer.readBigInt64BE(errorPlace(topic) + 2));
}

const errorPlace = (topic: string): number => 4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4;

const errorOf = (answer: Buffer | undefined, topic: string): number | undefined =>
  answer?.readInt16BE(errorPlace(topic));

async function* framesOf(socket: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
      const end = 4 + bytes.readInt32BE(0);
      yield bytes.subarray(4, end);
      bytes = bytes.subarray(end);
    }
  }
  return undefined;
}

/** Returns a record batch, version 2, with one record: https://kafka.apache.org/documentation/#recordbatch */
export function batchOf(record: RawRecord): Buffer {
  const records = recordOf(record);
  const counted = Buffer.concat([
    ...[int16(0), int32(0), int64(record.timestamp), int64(record.timestamp)], // attributes, last offset, times
    ...[int64(-1n), int16(-1), int32(-1), int32(1), records], // no producer, one record
  ]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32c(counted));
  const rest = Buffer.concat([int32(-1), Buffer.from([2]), checksum, counted]);
  return Buffer.concat([int64(0n), int32(rest.length), rest]);
}

function recordOf({ key, value, headers }: RawRecord): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    ...[varint(0), varint(0), varBytes(key), varBytes(value), varint(headers.length)],
    ...headers.flatMap(([name, header]) => [varBytes(Buffer.from(name)), varBytes(header)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** In zigzag encoding. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

const varBytes = (bytes: Buffer | null): Buffer =>
  bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);

const shortText = (text: string): Buffer =>
  Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
