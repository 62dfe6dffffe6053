/** A request that violates the protocol; its connection is closed. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

/**
 * Reads the types of Kafka's protocol (https://kafka.apache.org/protocol#protocol_types), plain types first. In the body of a
 * flexible version (KIP-482), strings, bytes and arrays are compact, and structures end with tags. Every method throws a
 * ProtocolError or a RangeError if the bytes run out. 64-bit integers are returned as numbers: offsets and timestamps stay
 * far below 2^53. Buffers are views, not copies.
 */
export class Reader {
  private readonly buffer: Buffer;
  private position = 0;
  private isFlexible = false;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  get remaining(): number {
    return this.buffer.length - this.position;
  }

  int8(): number {
    return this.buffer.readInt8(this.advance(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.advance(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.advance(4));
  }

  int64(): number {
    return readInt64(this.buffer, this.advance(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  /** Starts the body of a flexible version, after the tags of the header. */
  startFlexibleBody(): void {
    this.isFlexible = true;
    this.tags();
  }

  nullableString(): string | null {
    const length = this.isFlexible ? this.unsignedVarint() - 1 : this.int16();
    return length < 0 ? null : this.take(length).toString('utf8');
  }

  string(): string {
    return required(this.nullableString(), 'string');
  }

  nullableBytes(): Buffer | null {
    const length = this.isFlexible ? this.unsignedVarint() - 1 : this.int32();
    return length < 0 ? null : this.take(length);
  }

  bytes(): Buffer {
    return required(this.nullableBytes(), 'bytes');
  }

  /** A UUID as Kafka prints it: 22 characters of base64url. */
  uuid(): string {
    return this.take(16).toString('base64url');
  }

  /** An array of structures, or null; `item` reads one, without its tags. */
  nullableStructs<T>(item: (reader: this) => T): T[] | null {
    return this.nullableArray(() => {
      const read = item(this);
      this.tags();
      return read;
    });
  }

  /** An array of structures; `item` reads one, without its tags. */
  structs<T>(item: (reader: this) => T): T[] {
    return required(this.nullableStructs(item), 'array');
  }

  /** An array of primitive values. */
  array<T>(item: (reader: this) => T): T[] {
    return required(this.nullableArray(item), 'array');
  }

  nullableArray<T>(item: (reader: this) => T): T[] | null {
    const length = this.isFlexible ? this.unsignedVarint() - 1 : this.int32();
    return length < 0 ? null : this.items(length, item);
  }

  /** Skips the tags at the end of a structure or of the body; only flexible versions have tags. */
  tags(): void {
    if (!this.isFlexible) return;
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint();
      this.take(this.unsignedVarint());
    }
  }

  unsignedVarint(): number {
    return this.variable(5);
  }

  /** A signed 32-bit integer in zigzag encoding. */
  varint(): number {
    return zigzag(this.variable(5));
  }

  /** A signed 64-bit integer in zigzag encoding. */
  varlong(): number {
    return zigzag(this.variable(10));
  }

  take(length: number): Buffer {
    const start = this.advance(length);
    return this.buffer.subarray(start, start + length);
  }

  private items<T>(length: number, item: (reader: this) => T): T[] {
    if (length > this.remaining)
      throw new ProtocolError(`array of ${length} items in ${this.remaining} bytes`);
    return Array.from({ length }, () => item(this));
  }

  private variable(maxBytes: number): number {
    let value = 0;
    for (let shift = 0; shift < maxBytes * 7; shift += 7) {
      const byte = this.buffer.readUInt8(this.advance(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new ProtocolError(`variable-length integer of more than ${maxBytes} bytes`);
  }

  private advance(length: number): number {
    const start = this.position;
    if (length < 0 || length > this.remaining) {
      throw new ProtocolError(`${length} bytes expected, ${this.remaining} left`);
    }
    this.position += length;
    return start;
  }
}

/** Reads a signed 64-bit big-endian integer as a number; exact within ±2^53. */
export function readInt64(buffer: Buffer, offset: number): number {
  return buffer.readInt32BE(offset) * 2 ** 32 + buffer.readUInt32BE(offset + 4);
}

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function required<T>(value: T | null, type: string): T {
  if (value === null) throw new ProtocolError(`null where a ${type} is required`);
  return value;
}
