import { unpack } from '../compression/unpack.ts';
import type { AbortedProducers } from './aborted-producers.ts';
import { BatchError } from '../bytes/batch-error.ts';
import {
  BATCH_HEADER_BYTES,
  isIntact,
  readBatchHeader,
  type BatchFrame,
  type BatchHeader,
} from './batch-header.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { readRecord, type KafkaRecord } from './record.ts';

/** The limit for one fetch response; the rest is fetched again. */
export interface Allowance {
  /** The largest decompressed size of a single batch, in bytes. */
  readonly batchBytes: number;
  /** The decompressed bytes that are left; without any, no further batch is decompressed. */
  bytes: number;
  records: number;
}

/** The records of a batch from an offset, and the offset after them. */
export interface BatchContent {
  records: KafkaRecord[];
  next: number;
  /** The limit was reached within the batch. */
  isCut: boolean;
}

/**
 * Reads a whole batch of version 2 from the offset `from`, which is in or after the batch. A batch that ends a transaction or
 * belongs to an aborted one is empty, as for a Java consumer with read_committed (CompletedFetch.nextFetchedRecord). Rejects
 * with a BatchError if it cannot be read.
 */
export async function readBatch(
  batch: Buffer,
  frame: BatchFrame,
  { from, producers, allowance }: { from: number; producers: AbortedProducers; allowance: Allowance },
): Promise<BatchContent> {
  if (!isIntact(batch)) throw new BatchError('is damaged: its checksum is wrong');
  const header = readBatchHeader(batch, frame);
  if (header.lastOffset < header.baseOffset || header.recordCount < 0)
    throw new BatchError(
      `has an invalid header: ${header.recordCount} records up to offset ${header.lastOffset}`,
    );
  producers.reach(header.lastOffset);
  const nothing = { records: [], next: Math.max(from, header.lastOffset + 1), isCut: false };
  const content = batch.subarray(BATCH_HEADER_BYTES);
  if (header.control) {
    if (isAbort(content)) producers.end(header.producerId);
    return nothing;
  }
  const isAborted = header.transactional && producers.has(header.producerId);
  if (isAborted || header.lastOffset < from) return nothing;
  const { records, isCut } = readRecords(await unpacked(content, header, allowance), header, from, allowance);
  const last = records.at(-1);
  return { records, isCut, next: isCut && last ? Number(last.offset) + 1 : nothing.next };
}

/** The key of a control record is its version and its type: 0 aborts, 1 commits. */
function isAbort(content: Buffer): boolean {
  const record = new ByteReader(content);
  record.varint(); // length
  record.byte(); // attributes
  record.varlong(); // time
  record.varint(); // offset
  const key = new ByteReader(record.take(record.varint()));
  key.int16();
  return key.int16() === 0;
}

async function unpacked(content: Buffer, { codec }: BatchHeader, allowance: Allowance): Promise<Buffer> {
  if (codec === 0) return content;
  const bytes = await unpack(content, codec, allowance.batchBytes);
  allowance.bytes -= bytes.length;
  return bytes;
}

function readRecords(
  content: Buffer,
  header: BatchHeader,
  from: number,
  allowance: Allowance,
): { records: KafkaRecord[]; isCut: boolean } {
  const reader = new ByteReader(content);
  const records: KafkaRecord[] = [];
  let before = header.baseOffset - 1;
  for (let left = header.recordCount; left > 0; left -= 1) {
    if (allowance.records <= 0) return { records, isCut: true };
    const record = readRecord(reader, header);
    const offset = Number(record.offset);
    if (offset <= before || offset > header.lastOffset)
      throw new BatchError(`has a record of offset ${offset} between ${before} and ${header.lastOffset}`);
    before = offset;
    if (offset < from) continue;
    records.push(record);
    allowance.records -= 1;
  }
  if (reader.remaining > 0)
    throw new BatchError(`has ${reader.remaining} bytes after its ${header.recordCount} records`);
  return { records, isCut: false };
}
