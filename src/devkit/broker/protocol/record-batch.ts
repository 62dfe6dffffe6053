import { crc32c } from './crc32c.ts';
import { readInt64 } from './bytes/reader.ts';
import { writeInt64 } from './bytes/writer.ts';

/** Size of the header of a record batch of version 2 (https://kafka.apache.org/documentation/#recordbatch). */
export const BATCH_HEADER_BYTES = 61;

/** Bytes that the batch's length field does not count: base offset and length. */
const LENGTH_OVERHEAD = 12;

export interface BatchHeader {
  baseOffset: number;
  /** Size of the whole batch in bytes, including its header. */
  size: number;
  magic: number;
  attributes: number;
  lastOffsetDelta: number;
  baseTimestamp: number;
  maxTimestamp: number;
  producerId: number;
  producerEpoch: number;
  baseSequence: number;
  recordCount: number;
}

/** Reads the header of the batch at `start`; undefined if the header is incomplete. */
export function readBatchHeader(bytes: Buffer, start = 0): BatchHeader | undefined {
  if (bytes.length - start < BATCH_HEADER_BYTES) return undefined;
  return {
    baseOffset: readInt64(bytes, start),
    size: bytes.readInt32BE(start + 8) + LENGTH_OVERHEAD,
    magic: bytes.readInt8(start + 16),
    attributes: bytes.readInt16BE(start + 21),
    lastOffsetDelta: bytes.readInt32BE(start + 23),
    baseTimestamp: readInt64(bytes, start + 27),
    maxTimestamp: readInt64(bytes, start + 35),
    producerId: readInt64(bytes, start + 43),
    producerEpoch: bytes.readInt16BE(start + 51),
    baseSequence: bytes.readInt32BE(start + 53),
    recordCount: bytes.readInt32BE(start + 57),
  };
}

/** Reports whether the checksum of the batch of `size` bytes at `start` is correct. */
export function isBatchIntact(bytes: Buffer, start: number, size: number): boolean {
  return bytes.readUInt32BE(start + 17) === crc32c(bytes, start + 21, start + size);
}

/** Writes the batch's place in the log; the checksum covers neither field. */
export function placeBatch(batch: Buffer, baseOffset: number): void {
  writeInt64(batch, baseOffset, 0);
  batch.writeInt32BE(0, LENGTH_OVERHEAD);
}
