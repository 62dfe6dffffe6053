import { gzipSync } from 'node:zlib';
import { crc32c } from '../../src/devkit/broker/protocol/crc32c.ts';
import { connectProtocol } from '../devkit/broker/protocol-client.ts';

export interface BatchFields {
  /** Bits 0 to 2 name the codec, 4 says transactional, 5 says control: https://kafka.apache.org/documentation/#recordbatch */
  attributes?: number;
  baseOffset?: number;
  /** The delta of the last record; default: the count minus one. */
  lastOffsetDelta?: number;
  baseTimestamp?: bigint;
  producerId?: number;
  count: number;
  /** The bytes after the header. */
  content: Buffer;
}

/** Returns a record batch of version 2 with a correct checksum, whatever its content. */
export function rawBatch(fields: BatchFields): Buffer {
  const { attributes = 0, baseOffset = 0, count, lastOffsetDelta = count - 1, content } = fields;
  const batch = Buffer.alloc(61 + content.length);
  batch.writeBigInt64BE(BigInt(baseOffset), 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(attributes, 21);
  batch.writeInt32BE(lastOffsetDelta, 23);
  batch.writeBigInt64BE(fields.baseTimestamp ?? 1_700_000_000_000n, 27);
  batch.writeBigInt64BE(fields.baseTimestamp ?? 1_700_000_000_000n, 35);
  batch.writeBigInt64BE(BigInt(fields.producerId ?? -1), 43);
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(count, 57);
  content.copy(batch, 61);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

/** Returns a record without headers, with attributes 0 and time 0. */
export function rawRecord(offsetDelta: number, value: Buffer, key?: Buffer): Buffer {
  const fields = [Buffer.from([0, 0]), varint(offsetDelta)];
  fields.push(...(key ? [varint(key.length), key] : [varint(-1)]), varint(value.length), value, varint(0));
  const body = Buffer.concat(fields);
  return Buffer.concat([varint(body.length), body]);
}

/** Returns one record of `size` zero bytes, which gzip compresses to a thousandth. */
export const gzipBomb = (size: number): Buffer =>
  rawBatch({ attributes: 1, count: 1, content: gzipSync(rawRecord(0, Buffer.alloc(size))) });

/** Zigzag, 7 bits a byte. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Appends a batch unchanged to a partition that the broker leads; rejects with Kafka's error code. */
export async function appendBatch(
  bootstrapServers: string,
  { topic, partition = 0 }: { topic: string; partition?: number },
  batch: Buffer,
): Promise<void> {
  const client = await connectProtocol(bootstrapServers);
  try {
    client.write(produceRequest(topic, partition, batch));
    const answer = await client.read();
    const error = answer.readInt16BE(4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4);
    if (error !== 0) throw new Error(`the broker refuses the batch with error ${error}`);
  } finally {
    client.close();
  }
}

/** Produce, version 7: key, version, correlation id, client id; no transaction, all replicas, 10 s. */
function produceRequest(topic: string, partition: number, batch: Buffer): Buffer {
  const body = Buffer.concat([
    ...[int16(0), int16(7), int32(1), text('raw'), int16(-1), int16(-1), int32(10_000)],
    ...[int32(1), text(topic), int32(1), int32(partition), int32(batch.length), batch],
  ]);
  return Buffer.concat([int32(body.length), body]);
}

const text = (value: string): Buffer => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);

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
