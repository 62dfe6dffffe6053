import { BatchError } from '../bytes/batch-error.ts';
import type { BatchFrame } from './batch-header.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import type { KafkaRecord } from './record.ts';

/**
 * Reads a message of version 0 or 1, from before Kafka 0.11, which may still be in a log; Kafka 4 accepts no new ones
 * (KIP-724). Throws a BatchError if it cannot be read, or is a compressed set of messages.
 */
export function readOldMessage(bytes: Buffer, { baseOffset, magic }: BatchFrame): KafkaRecord {
  if (magic < 0 || magic > 2)
    throw new BatchError(`has version ${magic}, which this service does not support`);
  const message = new ByteReader(bytes);
  message.take(17); // offset, size, checksum, version
  if (message.byte() & 7) throw new BatchError(`is a compressed set of messages of version ${magic}`);
  const timestamp = magic === 1 ? message.int64() : -1n;
  const [key, value] = [readBytes(message), readBytes(message)];
  return { offset: String(baseOffset), timestamp: String(timestamp), key, value, headers: {} };
}

function readBytes(message: ByteReader): Buffer | null {
  const length = message.int32();
  return length < 0 ? null : message.take(length);
}
