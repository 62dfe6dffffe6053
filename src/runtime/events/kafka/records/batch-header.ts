import { crc32c } from './crc32c.ts';

/** Size of the header of a record batch of version 2 (https://kafka.apache.org/documentation/#recordbatch). */
export const BATCH_HEADER_BYTES = 61;

/** Bytes that the length field of a batch does not count: the offset and the length. */
const LENGTH_OVERHEAD = 12;
/** The shortest old message, including its offset. */
const SHORTEST = 26;

export interface BatchFrame {
  baseOffset: number;
  /** In bytes, including the offset. */
  size: number;
  /** 2 since Kafka 0.11; 0 and 1 are single messages. */
  magic: number;
}

export interface BatchHeader extends BatchFrame {
  /** 1 gzip, 2 snappy, 3 lz4, 4 zstd; 0 is none. */
  codec: number;
  /** The broker's timestamp, `maxTimestamp`, applies to all records. */
  logAppendTime: boolean;
  transactional: boolean;
  /** The batch contains the end of a transaction, and no message. */
  control: boolean;
  /** It stays even if compaction or a transaction removes the last records. */
  lastOffset: number;
  baseTimestamp: bigint;
  maxTimestamp: bigint;
  producerId: bigint;
  recordCount: number;
}

/** Reads the start of a batch of any version; undefined if the bytes end before the batch does, or if it is invalid. */
export function readBatchFrame(bytes: Buffer): BatchFrame | undefined {
  if (bytes.length < SHORTEST) return undefined;
  const size = bytes.readInt32BE(8) + LENGTH_OVERHEAD;
  const magic = bytes.readInt8(16);
  const least = magic === 2 ? BATCH_HEADER_BYTES : SHORTEST;
  return size < least ? undefined : { baseOffset: Number(bytes.readBigInt64BE(0)), size, magic };
}

/** Reads the header of a whole batch of version 2. */
export function readBatchHeader(batch: Buffer, frame: BatchFrame): BatchHeader {
  const attributes = batch.readInt16BE(21);
  return {
    ...frame,
    codec: attributes & 7,
    logAppendTime: (attributes & 0x08) !== 0,
    transactional: (attributes & 0x10) !== 0,
    control: (attributes & 0x20) !== 0,
    lastOffset: frame.baseOffset + batch.readInt32BE(23),
    baseTimestamp: batch.readBigInt64BE(27),
    maxTimestamp: batch.readBigInt64BE(35),
    producerId: batch.readBigInt64BE(43),
    recordCount: batch.readInt32BE(57),
  };
}

/** Reports whether the checksum of the batch is correct. */
export const isIntact = (batch: Buffer): boolean => batch.readUInt32BE(17) === crc32c(batch, 21);
