import {
  BATCH_HEADER_BYTES,
  isBatchIntact,
  readBatchHeader,
  type BatchHeader,
} from '../protocol/record-batch.ts';
import type { SegmentStorage } from './segment-storage.ts';

/** A run of a partition's batches, with the place of each of them in memory. */
export interface Segment {
  readonly baseOffset: number;
  /** The offset that follows the last record. */
  nextOffset(): number;
  size(): number;
  append(batch: Buffer, header: BatchHeader, baseOffset: number): void;
  /** Whole batches from the one that holds `offset` on; at least one when `atLeastOne`, even beyond `maxBytes`. */
  read(offset: number, maxBytes: number, atLeastOne: boolean): Buffer;
  /** The first batch that may hold a record of `timestamp` (milliseconds) or later. */
  batchAtTime(timestamp: number): Buffer | undefined;
  release(): void;
  remove(): void;
}

interface Index {
  offsets: number[];
  positions: number[];
  maxTimestamps: number[];
  nextOffset: number;
  end: number;
}

export interface SegmentOptions {
  baseOffset: number;
  storage: SegmentStorage;
  /** Called for every batch found in the storage. */
  onBatch?: (header: BatchHeader) => void;
  /** Checksums are compared in this many last bytes; what is torn there is cut off. */
  checkedTailBytes?: number;
}

/** Opens a segment: scans what its storage holds and cuts off a torn tail. */
export function openSegment({ baseOffset, storage, onBatch, checkedTailBytes = 0 }: SegmentOptions): Segment {
  const index: Index = { offsets: [], positions: [], maxTimestamps: [], nextOffset: baseOffset, end: 0 };
  const add = (header: BatchHeader, offset: number): void => {
    index.offsets.push(offset);
    index.positions.push(index.end);
    index.maxTimestamps.push(header.maxTimestamp);
    index.nextOffset = offset + header.lastOffsetDelta + 1;
    index.end += header.size;
  };
  scan(storage.read(0, storage.size()), checkedTailBytes, index, (header) => {
    add(header, header.baseOffset);
    onBatch?.(header);
  });
  if (index.end < storage.size()) storage.truncate(index.end);

  const endOf = (entry: number): number => index.positions[entry + 1] ?? index.end;
  const batch = (entry: number): Buffer =>
    storage.read(index.positions[entry]!, endOf(entry) - index.positions[entry]!);
  return {
    baseOffset,
    nextOffset: () => index.nextOffset,
    size: () => index.end,
    append(bytes, header, offset) {
      storage.append(bytes);
      add(header, offset);
    },
    read(offset, maxBytes, atLeastOne) {
      const first = lastAtMost(index.offsets, offset);
      const start = index.positions[first];
      if (start === undefined) return Buffer.alloc(0);
      if (endOf(first) - start > maxBytes) return atLeastOne ? batch(first) : Buffer.alloc(0);
      const limit = start + maxBytes;
      const end = limit >= index.end ? index.end : index.positions[lastAtMost(index.positions, limit)]!;
      return storage.read(start, end - start);
    },
    batchAtTime(timestamp) {
      const entry = index.maxTimestamps.findIndex((max) => max >= timestamp);
      return entry < 0 ? undefined : batch(entry);
    },
    release: () => storage.release(),
    remove: () => storage.remove(),
  };
}

/** Walks the batches of `bytes` up to the first that is incomplete, out of order or, near the end, damaged. */
function scan(
  bytes: Buffer,
  checkedTailBytes: number,
  index: Index,
  found: (header: BatchHeader) => void,
): void {
  for (;;) {
    const header = readBatchHeader(bytes, index.end);
    if (!header || header.magic !== 2 || header.size < BATCH_HEADER_BYTES) return;
    if (header.baseOffset !== index.nextOffset || header.lastOffsetDelta < 0) return;
    const end = index.end + header.size;
    if (end > bytes.length) return;
    const checked = end > bytes.length - checkedTailBytes;
    if (checked && !isBatchIntact(bytes, index.end, header.size)) return;
    found(header);
  }
}

/** The index of the last of the ascending `values` that is not above `limit`; -1 when all are. */
function lastAtMost(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
