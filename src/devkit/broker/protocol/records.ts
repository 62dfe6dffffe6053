import { unpack } from './compression/unpack.ts';
import { BATCH_HEADER_BYTES, readBatchHeader, type BatchHeader } from './record-batch.ts';
import { Reader } from './reader.ts';

export interface RecordPlace {
  timestamp: number;
  offset: number;
}

const LOG_APPEND_TIME = 0x08;

/** A batch that says it holds more when it is unpacked is taken as damaged. */
const MAX_RECORD_BYTES = 100 * 1024 * 1024;

/**
 * The first record of the batch from `offset` on that is as late as `timestamp` (milliseconds). In a damaged batch, and in one
 * that this Node cannot unpack, that is the batch's first record.
 */
export function firstRecordAt(batch: Buffer, timestamp: number, offset = 0): RecordPlace | undefined {
  const header = readBatchHeader(batch);
  if (!header) return undefined;
  const start = { timestamp: header.baseTimestamp, offset: header.baseOffset };
  if (header.attributes & LOG_APPEND_TIME) return { ...start, timestamp: header.maxTimestamp };
  try {
    return (
      readPlaces(batch, header).find((place) => place.offset >= offset && place.timestamp >= timestamp) ??
      start
    );
  } catch {
    return start;
  }
}

function readPlaces(batch: Buffer, header: BatchHeader): RecordPlace[] {
  const packed = batch.subarray(BATCH_HEADER_BYTES);
  const reader = new Reader(unpack(packed, header.attributes & 7, MAX_RECORD_BYTES));
  return Array.from({ length: header.recordCount }, () => {
    const record = new Reader(reader.take(reader.varint()));
    record.int8();
    return {
      timestamp: header.baseTimestamp + record.varlong(),
      offset: header.baseOffset + record.varint(),
    };
  });
}
