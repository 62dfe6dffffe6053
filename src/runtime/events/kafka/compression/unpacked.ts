import { BatchError } from '../bytes/batch-error.ts';

/** The decompressed data exceeds the limit. */
export const tooLarge = (limit: number): BatchError => new BatchError(`unpacks to more than ${limit} bytes`);

/** Collects decompressed bytes in a growing buffer. Throws a BatchError beyond `limit` bytes. */
export class Unpacked {
  private buffer = Buffer.allocUnsafe(4096);
  private length = 0;
  private floor = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Starts a block: `repeat` cannot copy bytes from before it. Returns the number of bytes so far. */
  begin(): number {
    return (this.floor = this.length);
  }

  append(bytes: Buffer): void {
    this.reserve(bytes.length);
    bytes.copy(this.buffer, this.length - bytes.length);
  }

  /** Repeats `length` bytes that start `distance` before the end; they may overlap the repetition. */
  repeat(distance: number, length: number): void {
    const to = this.length;
    const from = to - distance;
    if (distance <= 0 || from < this.floor)
      throw new BatchError(`refers ${distance} bytes back, which is outside of its data`);
    this.reserve(length);
    // each step doubles the bytes available to copy
    for (let done = 0; done < length;) {
      const size = Math.min(length - done, distance + done);
      this.buffer.copyWithin(to + done, from, from + size);
      done += size;
    }
  }

  size(): number {
    return this.length;
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(size: number): void {
    const needed = this.length + size;
    if (needed > this.limit) throw tooLarge(this.limit);
    if (needed > this.buffer.length) {
      const bigger = Buffer.allocUnsafe(Math.min(this.limit, Math.max(needed, this.buffer.length * 2)));
      this.buffer.copy(bigger, 0, 0, this.length);
      this.buffer = bigger;
    }
    this.length = needed;
  }
}
