/** Collects decompressed bytes; earlier bytes can be repeated. Throws a RangeError beyond `limit` bytes. */
export class Unpacked {
  private buffer = Buffer.allocUnsafe(4096);
  private length = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  append(bytes: Buffer): void {
    this.reserve(bytes.length);
    bytes.copy(this.buffer, this.length - bytes.length);
  }

  /** Repeats `length` bytes that start `distance` before the end; they may overlap the repetition. */
  repeat(distance: number, length: number): void {
    const from = this.length - distance;
    if (distance <= 0 || from < 0) throw new RangeError(`a copy from ${distance} bytes before the end`);
    const to = this.length;
    this.reserve(length);
    if (distance >= length) this.buffer.copyWithin(to, from, from + length);
    else for (let i = 0; i < length; i++) this.buffer[to + i] = this.buffer[from + i]!;
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(size: number): void {
    const needed = this.length + size;
    if (needed > this.limit) throw new RangeError(`more than ${this.limit} bytes unpacked`);
    if (needed > this.buffer.length) {
      const bigger = Buffer.allocUnsafe(Math.min(this.limit, Math.max(needed, this.buffer.length * 2)));
      this.buffer.copy(bigger, 0, 0, this.length);
      this.buffer = bigger;
    }
    this.length = needed;
  }
}
