import { unpack } from './compression/unpack.ts';
import { BATCH_HEADER_BYTES, readBatchHeader, type BatchHeader } from './record-batch.ts';
import { Reader } from './bytes/reader.ts';

export interface RecordPlace {
  timestamp: number;
  offset: number;
}

const LOG_APPEND_TIME = 0x08;

/** A batch that claims more bytes than this after decompression counts as damaged. */
const MAX_RECORD_BYTES = 100 * 1024 * 1024;

/**
 * Returns the first record of the batch, from `offset`, with a timestamp of at least `timestamp` (ms); undefined if there is
 * none. For a damaged batch, and for one that this Node cannot decompress, the batch counts as its first record.
 */
export function firstRecordAt(batch: Buffer, timestamp: number, offset = 0): RecordPlace | undefined {
  return placesFrom(batch, offset).find((place) => place.timestamp >= timestamp);
}

/** Returns the first record, from `offset`, with the greatest timestamp of the batch; otherwise like `firstRecordAt`. */
export function greatestRecord(batch: Buffer, offset = 0): RecordPlace | undefined {
  return placesFrom(batch, offset).reduce<RecordPlace | undefined>(
    (best, place) => (best && best.timestamp >= place.timestamp ? best : place),
    undefined,
  );
}

/** The offset after the batch. */
export function offsetBehind(batch: Buffer): number {
  const header = readBatchHeader(batch);
  return header ? header.baseOffset + header.lastOffsetDelta + 1 : Number.POSITIVE_INFINITY;
}

/** The batch's records from `offset`. */
function placesFrom(batch: Buffer, offset: number): RecordPlace[] {
  const header = readBatchHeader(batch);
  if (!header) return [];
  try {
    return readPlaces(batch, header).filter((place) => place.offset >= offset);
  } catch {
    return [{ timestamp: header.maxTimestamp, offset: Math.max(header.baseOffset, offset) }];
  }
}

function readPlaces(batch: Buffer, header: BatchHeader): RecordPlace[] {
  const isAppendTime = (header.attributes & LOG_APPEND_TIME) !== 0;
  const packed = batch.subarray(BATCH_HEADER_BYTES);
  const reader = new Reader(unpack(packed, header.attributes & 7, MAX_RECORD_BYTES));
  return Array.from({ length: header.recordCount }, () => {
    const record = new Reader(reader.take(reader.varint()));
    record.int8();
    const timestamp = header.baseTimestamp + record.varlong();
    const offset = header.baseOffset + record.varint();
    return { timestamp: isAppendTime ? header.maxTimestamp : timestamp, offset };
  });
}
