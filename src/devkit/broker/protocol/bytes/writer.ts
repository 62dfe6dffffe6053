/** Bytes that `finish` fills in: the size of the answer and the correlation id. */
const HEADER_BYTES = 8;

/** Buffers of at least this size are sent without a copy. */
const COPY_LIMIT = 4096;

const NO_TAGS = 0;

/**
 * Writes the types of Kafka's protocol into one answer; every method returns the writer. In flexible versions (KIP-482),
 * strings, bytes and arrays are compact, and the header, structures and the body end with an empty list of tags.
 */
export class Writer {
  private buffer = Buffer.allocUnsafe(512);
  private start = 0;
  private length = HEADER_BYTES;
  private readonly chunks: Buffer[] = [];
  private readonly isFlexible: boolean;

  constructor(isFlexible = false, hasTagsInHeader = isFlexible) {
    this.isFlexible = isFlexible;
    if (hasTagsInHeader) this.unsignedVarint(NO_TAGS);
  }

  int8(value: number): this {
    const at = this.reserve(1);
    this.buffer.writeInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.reserve(2);
    this.buffer.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeInt32BE(value, at);
    return this;
  }

  int64(value: number): this {
    const at = this.reserve(8);
    writeInt64(this.buffer, value, at);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  string(value: string | null): this {
    if (value === null) return this.isFlexible ? this.unsignedVarint(0) : this.int16(-1);
    const size = Buffer.byteLength(value);
    if (this.isFlexible) this.unsignedVarint(size + 1);
    else this.int16(size);
    const at = this.reserve(size);
    this.buffer.write(value, at, 'utf8');
    return this;
  }

  bytes(value: Buffer | null): this {
    return value === null ? this.size(-1) : this.size(value.length).raw(value);
  }

  /** A UUID in the form that `Reader.uuid` returns. */
  uuid(value: string): this {
    return this.raw(Buffer.from(value, 'base64url'));
  }

  /** An array of primitive values. */
  array<T>(items: readonly T[] | null, write: (writer: this, item: T) => void): this {
    this.size(items?.length ?? -1);
    for (const item of items ?? []) write(this, item);
    return this;
  }

  /** An array of structures; `write` writes one, without its tags. */
  structs<T>(items: readonly T[] | null, write: (writer: this, item: T) => void): this {
    return this.array(items, (writer, item) => {
      write(writer, item);
      writer.endStruct();
    });
  }

  raw(value: Buffer): this {
    if (value.length < COPY_LIMIT) {
      const at = this.reserve(value.length);
      value.copy(this.buffer, at);
      return this;
    }
    this.chunks.push(this.buffer.subarray(this.start, this.length), value);
    this.start = this.length;
    return this;
  }

  /** Returns the whole answer, preceded by its size and `correlationId`. Call it once. */
  finish(correlationId: number): Buffer[] {
    this.endStruct();
    const chunks = [...this.chunks, this.buffer.subarray(this.start, this.length)];
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const first = chunks[0] ?? Buffer.alloc(HEADER_BYTES);
    first.writeInt32BE(size - 4, 0);
    first.writeInt32BE(correlationId, 4);
    return chunks;
  }

  private endStruct(): void {
    if (this.isFlexible) this.unsignedVarint(NO_TAGS);
  }

  /** The size of bytes or of an array; -1 is null. */
  private size(value: number): this {
    return this.isFlexible ? this.unsignedVarint(value + 1) : this.int32(value);
  }

  private unsignedVarint(value: number): this {
    let left = value;
    for (; left > 0x7f; left >>>= 7) this.uint8((left & 0x7f) | 0x80);
    return this.uint8(left);
  }

  private uint8(value: number): this {
    const at = this.reserve(1);
    this.buffer.writeUInt8(value, at);
    return this;
  }

  /** Reserves bytes and returns their position. It may replace `this.buffer`, so call it before any use of the buffer. */
  private reserve(size: number): number {
    if (this.length + size > this.buffer.length) this.grow(size);
    this.length += size;
    return this.length - size;
  }

  private grow(size: number): void {
    const pending = this.length - this.start;
    const bigger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, pending + size));
    this.buffer.copy(bigger, 0, this.start, this.length);
    this.buffer = bigger;
    this.start = 0;
    this.length = pending;
  }
}

/** Writes a number as a signed 64-bit big-endian integer; exact within ±2^53. */
export function writeInt64(buffer: Buffer, value: number, offset: number): void {
  buffer.writeInt32BE(Math.floor(value / 2 ** 32), offset);
  buffer.writeUInt32BE(value - Math.floor(value / 2 ** 32) * 2 ** 32, offset + 4);
}
