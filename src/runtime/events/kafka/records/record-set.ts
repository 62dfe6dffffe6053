import { AbortedProducers, type AbortedTransaction } from './aborted-producers.ts';
import { readBatch, type Allowance } from './batch.ts';
import { BatchError } from '../bytes/batch-error.ts';
import { isIntact, readBatchFrame, readBatchHeader, type BatchFrame } from './batch-header.ts';
import { readOldMessage } from './old-message.ts';
import type { KafkaRecord } from './record.ts';

/** The messages of one partition in a response. */
export interface RecordSet {
  records: KafkaRecord[];
  /**
   * The offset after everything that was read: after the last record, or after control records, aborted records and those
   * that compaction removed.
   */
  next: number;
  /** The batch at `next` cannot be read. */
  damage?: Damage;
}

/** A batch that cannot be read. */
export interface Damage {
  /** The first offset needed from it. */
  offset: number;
  /** The offset of its last record; equal to `offset` if its header is damaged. */
  last: number;
  reason: string;
}

export interface ReadOptions {
  /** The requested offset; brokers send the whole batch that contains it. */
  from: number;
  aborted: readonly AbortedTransaction[];
  allowance: Allowance;
}

/** Reads batches until one is incomplete or unreadable, or the limit is reached. Never rejects because of the bytes. */
export async function readRecordSet(bytes: Buffer, options: ReadOptions): Promise<RecordSet> {
  const { from, aborted, allowance } = options;
  const set: RecordSet = { records: [], next: from };
  const producers = new AbortedProducers(aborted);
  for (let rest = bytes; rest.length > 0 && allowance.bytes > 0 && allowance.records > 0;) {
    const frame = readBatchFrame(rest);
    const batch = frame && frame.size <= rest.length ? rest.subarray(0, frame.size) : undefined;
    // a response may end in the middle of a batch, except of the first one (KIP-74)
    if (!batch && rest !== bytes) break;
    try {
      const content = await readAny(batch, frame, { from: set.next, producers, allowance });
      // one by one: a spread of many arguments overflows the stack
      for (const record of content.records) set.records.push(record);
      set.next = content.next;
      if (content.isCut) break;
    } catch (error) {
      if (!(error instanceof BatchError)) throw error;
      const last = Math.max(set.next, lastOffset(batch, frame));
      return { ...set, damage: { offset: set.next, last, reason: error.message } };
    }
    rest = rest.subarray(frame?.size);
  }
  return set;
}

async function readAny(
  batch: Buffer | undefined,
  frame: BatchFrame | undefined,
  options: Parameters<typeof readBatch>[2],
): ReturnType<typeof readBatch> {
  if (!batch || !frame) throw new BatchError('is incomplete, or has an impossible length');
  if (frame.magic === 2) return readBatch(batch, frame, options);
  const message = readOldMessage(batch, frame);
  options.allowance.records -= 1;
  const isWanted = frame.baseOffset >= options.from;
  const next = Math.max(options.from, frame.baseOffset + 1);
  return { records: isWanted ? [message] : [], next, isCut: false };
}

function lastOffset(batch: Buffer | undefined, frame: BatchFrame | undefined): number {
  return batch && frame?.magic === 2 && isIntact(batch) ? readBatchHeader(batch, frame).lastOffset : 0;
}
