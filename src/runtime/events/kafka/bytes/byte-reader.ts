import { BatchError } from './batch-error.ts';

/** Reads bytes in order, as views. Every method throws a BatchError if they end too soon. */
export class ByteReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Buffer {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  byte(): number {
    return this.bytes[this.advance(1)] ?? 0;
  }

  int16(): number {
    return this.bytes.readInt16BE(this.advance(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.advance(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.advance(8));
  }

  /** At most six bytes, least significant first. */
  littleEndian(size: number): number {
    return this.bytes.readUIntLE(this.advance(size), size);
  }

  /** At most 32 bits, seven per byte, least significant first. */
  unsignedVarint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new BatchError('contains a number that does not end');
  }

  /** In zigzag encoding: 0, -1, 1, -2 are 0, 1, 2, 3. */
  varint(): number {
    const value = this.unsignedVarint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** In zigzag encoding, of 64 bits. */
  varlong(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new BatchError('contains a number that does not end');
  }

  private advance(length: number): number {
    const start = this.at;
    if (length < 0 || length > this.remaining)
      throw new BatchError(`ends too soon: ${length} bytes are expected, ${this.remaining} are left`);
    this.at += length;
    return start;
  }
}
