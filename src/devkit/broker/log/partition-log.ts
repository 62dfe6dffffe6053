import { placeBatch, type BatchHeader } from '../protocol/record-batch.ts';
import type { PartitionFiles } from './partition-files.ts';
import { createProducerStates, type ProducerStates, type SequenceCheck } from './producer-states.ts';
import { openSegment, type Segment } from './segment.ts';

/** The bytes at the end of a log whose checksums are verified when it is opened: only the end can hold a torn write. */
const CHECKED_TAIL_BYTES = 1024 * 1024;

export interface LogLimits {
  /** The oldest segments are deleted while the rest holds at least this many bytes; negative keeps everything. */
  retentionBytes: number;
  /** A segment is closed before a batch would make it larger than this. */
  segmentBytes: number;
}

/** Stores the start offset of the log; all records before it are deleted. */
export interface KeptStart {
  get(): number;
  set(offset: number): void;
}

/** One partition: an append-only list of record batches. It is read from disk at its first use. */
export interface PartitionLog {
  startOffset(): number;
  nextOffset(): number;
  /** Checks whether an idempotent producer's batch is in sequence. */
  check(header: BatchHeader): SequenceCheck;
  /** Appends the batch with its place in the log, otherwise unchanged; returns its base offset. */
  append(batch: Buffer, header: BatchHeader): number;
  /** Returns whole batches from the one that holds `offset`, up to `maxBytes`; at least one if `atLeastOne`. */
  read(offset: number, maxBytes: number, atLeastOne: boolean): Buffer;
  /** Returns the first batch, from the one that holds `offset`, that may hold a record at or after `timestamp` (ms). */
  batchAtTime(timestamp: number, offset: number): Buffer | undefined;
  /** Returns the greatest timestamp of the batches from the one that holds `offset`; -Infinity if there are none. */
  greatestTimestamp(offset: number): number;
  /** Deletes all records before `offset`; segments are removed as a whole. */
  deleteBefore(offset: number): void;
  /**
   * Calls `listener` with the size of each batch appended, and with Infinity at the end; returns a function that unregisters
   * it.
   */
  onAppend(listener: (bytes: number) => void): () => void;
  close(): void;
}

interface OpenLog {
  segments: Segment[];
  producers: ProducerStates;
}

export function createPartitionLog(
  files: PartitionFiles,
  limits: () => LogLimits,
  kept: KeptStart,
): PartitionLog {
  const listeners = new Set<(bytes: number) => void>();
  let opened: OpenLog | undefined;
  const log = (): OpenLog => (opened ??= openLog(files));
  const active = (): Segment => log().segments.at(-1)!;
  const startOffset = (): number =>
    Math.max(log().segments[0]!.baseOffset, Math.min(kept.get(), active().nextOffset()));

  return {
    startOffset,
    nextOffset: () => active().nextOffset(),
    check: (header) => log().producers.check(header),
    append(batch, header) {
      if (active().size() > 0 && active().size() + batch.length > limits().segmentBytes) roll(log(), files);
      const baseOffset = active().nextOffset();
      placeBatch(batch, baseOffset);
      active().append(batch, header, baseOffset);
      log().producers.record(header, baseOffset);
      dropOldest(log().segments, limits().retentionBytes, files);
      for (const listener of listeners) listener(batch.length);
      return baseOffset;
    },
    read(offset, maxBytes, atLeastOne) {
      const found: Buffer[] = [];
      let left = maxBytes;
      for (const segment of segmentsFrom(log().segments, offset)) {
        const from = Math.max(offset, segment.baseOffset);
        const batches = segment.read(from, left, atLeastOne && found.length === 0);
        const isWhole = batches.length === segment.bytesFrom(from);
        if (segment !== active()) segment.release();
        found.push(batches);
        left -= batches.length;
        if (!isWhole) break;
      }
      return found.length === 1 ? found[0]! : Buffer.concat(found);
    },
    batchAtTime(timestamp, offset) {
      for (const segment of segmentsFrom(log().segments, offset)) {
        const batch = segment.batchAtTime(timestamp, offset);
        if (batch) return batch;
      }
      return undefined;
    },
    greatestTimestamp: (offset) =>
      Math.max(...segmentsFrom(log().segments, offset).map((segment) => segment.greatestTimestamp(offset))),
    deleteBefore(offset) {
      if (offset <= startOffset()) return;
      kept.set(offset);
      const { segments } = log();
      while (segments.length > 1 && segments[0]!.nextOffset() <= offset) dropFirst(segments, files);
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      opened?.segments.forEach((segment) => segment.release());
      opened = undefined;
      for (const listener of listeners) listener(Number.POSITIVE_INFINITY);
    },
  };
}

function openLog(files: PartitionFiles): OpenLog {
  const bases = files.segments();
  const last = bases.at(-1) ?? 0;
  const segments = bases.slice(0, -1).map((baseOffset, i) => {
    const storage = files.storage(baseOffset);
    return openSegment({ baseOffset, storage, nextOffset: bases[i + 1]! });
  });
  const producers = createProducerStates(files.loadProducers(last));
  const onBatch = (header: BatchHeader): void => producers.record(header, header.baseOffset);
  const storage = files.storage(last);
  segments.push(openSegment({ baseOffset: last, storage, onBatch, checkedTailBytes: CHECKED_TAIL_BYTES }));
  return { segments, producers };
}

/** Returns the segments with records at or after `offset`. */
function segmentsFrom(segments: readonly Segment[], offset: number): Segment[] {
  return segments.filter((segment) => segment.nextOffset() > offset);
}

function roll({ segments, producers }: OpenLog, files: PartitionFiles): void {
  const full = segments.at(-1)!;
  const baseOffset = full.nextOffset();
  full.release();
  files.saveProducers(baseOffset, producers.snapshot());
  segments.push(openSegment({ baseOffset, storage: files.storage(baseOffset) }));
}

function dropOldest(segments: Segment[], retentionBytes: number, files: PartitionFiles): void {
  if (retentionBytes < 0 || segments.length < 2) return;
  let total = segments.reduce((sum, segment) => sum + segment.size(), 0);
  while (segments.length > 1 && total - segments[0]!.size() >= retentionBytes) {
    total -= segments[0]!.size();
    dropFirst(segments, files);
  }
}

function dropFirst(segments: Segment[], files: PartitionFiles): void {
  const oldest = segments.shift()!;
  oldest.remove();
  files.removeProducers(oldest.baseOffset);
}
