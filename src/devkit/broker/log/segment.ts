import {
  BATCH_HEADER_BYTES,
  isBatchIntact,
  readBatchHeader,
  type BatchHeader,
} from '../protocol/record-batch.ts';
import type { SegmentStorage } from './segment-storage.ts';

/** A run of a partition's batches; the position of each is in memory. */
export interface Segment {
  readonly baseOffset: number;
  /** The offset after the last record. */
  nextOffset(): number;
  size(): number;
  append(batch: Buffer, header: BatchHeader, baseOffset: number): void;
  /** Returns whole batches from the one that holds `offset`; at least one if `atLeastOne`, even beyond `maxBytes`. */
  read(offset: number, maxBytes: number, atLeastOne: boolean): Buffer;
  /** Returns the bytes from the batch that holds `offset` to the end. */
  bytesFrom(offset: number): number;
  /** Returns the first batch, from the one that holds `offset`, that may hold a record at or after `timestamp` (ms). */
  batchAtTime(timestamp: number, offset: number): Buffer | undefined;
  /** Returns the greatest timestamp of the batches from the one that holds `offset`; -Infinity if there are none. */
  greatestTimestamp(offset: number): number;
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
  /** The start of the next segment. If it is set, this segment is complete, and its batches are indexed at the first read. */
  nextOffset?: number;
  /** Called for every batch in the storage. */
  onBatch?: (header: BatchHeader) => void;
  /** Checksums are verified in this many bytes at the end; a damaged tail is cut off. */
  checkedTailBytes?: number;
}

/** Opens a segment. An incomplete segment is scanned, and a torn tail is cut off. */
export function openSegment(options: SegmentOptions): Segment {
  const { baseOffset, storage, nextOffset } = options;
  let known = nextOffset === undefined ? recover(options) : undefined;
  const index = (): Index => (known ??= scan(options));
  const endOf = (entry: number): number => index().positions[entry + 1] ?? index().end;
  const batch = (entry: number): Buffer => {
    const position = index().positions[entry]!;
    return storage.read(position, endOf(entry) - position);
  };
  return {
    baseOffset,
    nextOffset: () => nextOffset ?? index().nextOffset,
    size: () => storage.size(),
    append(bytes, header, offset) {
      storage.append(bytes);
      add(index(), header, offset);
    },
    read(offset, maxBytes, atLeastOne) {
      const { offsets, positions, end } = index();
      const first = lastAtMost(offsets, offset);
      const start = positions[first];
      if (start === undefined) return Buffer.alloc(0);
      if (endOf(first) - start > maxBytes) return atLeastOne ? batch(first) : Buffer.alloc(0);
      const limit = start + maxBytes;
      const stop = limit >= end ? end : positions[lastAtMost(positions, limit)]!;
      return storage.read(start, stop - start);
    },
    bytesFrom(offset) {
      const { offsets, positions, end } = index();
      return end - (positions[lastAtMost(offsets, offset)] ?? end);
    },
    batchAtTime(timestamp, offset) {
      const first = lastAtMost(index().offsets, offset);
      const entry = index().maxTimestamps.findIndex((max, at) => at >= first && max >= timestamp);
      return entry < 0 ? undefined : batch(entry);
    },
    greatestTimestamp(offset) {
      const { offsets, maxTimestamps } = index();
      const first = Math.max(0, lastAtMost(offsets, offset));
      return maxTimestamps.reduce((max, each, at) => (at >= first && each > max ? each : max), -Infinity);
    },
    release: () => storage.release(),
    remove: () => storage.remove(),
  };
}

function recover(options: SegmentOptions): Index {
  const index = scan(options);
  if (index.end < options.storage.size()) options.storage.truncate(index.end);
  return index;
}

function add(index: Index, header: BatchHeader, offset: number): void {
  index.offsets.push(offset);
  index.positions.push(index.end);
  index.maxTimestamps.push(header.maxTimestamp);
  index.nextOffset = offset + header.lastOffsetDelta + 1;
  index.end += header.size;
}

/** Indexes the batches up to the first that is incomplete, out of order or, near the end, damaged. */
function scan({ baseOffset, storage, onBatch, checkedTailBytes = 0 }: SegmentOptions): Index {
  const index: Index = { offsets: [], positions: [], maxTimestamps: [], nextOffset: baseOffset, end: 0 };
  const bytes = storage.read(0, storage.size());
  for (;;) {
    const header = readBatchHeader(bytes, index.end);
    if (!header || header.magic !== 2 || header.size < BATCH_HEADER_BYTES) return index;
    if (header.baseOffset !== index.nextOffset || header.lastOffsetDelta < 0) return index;
    const end = index.end + header.size;
    if (end > bytes.length) return index;
    const isChecked = end > bytes.length - checkedTailBytes;
    if (isChecked && !isBatchIntact(bytes, index.end, header.size)) return index;
    add(index, header, header.baseOffset);
    onBatch?.(header);
  }
}

/** Returns the index of the last of the ascending `values` that is at most `limit`; -1 if all are greater. */
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
