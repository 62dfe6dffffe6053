import { Reader } from '../bytes/reader.ts';
import { Unpacked } from './unpacked.ts';

/** Java clients write the stream format of snappy-java; other clients send one block. */
const STREAM_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const STREAM_HEADER_BYTES = 16;

/**
 * Decompresses snappy (google/snappy, format_description.txt). Throws if the data is damaged or larger than `limit` bytes.
 */
export function unpackSnappy(packed: Buffer, limit: number): Buffer {
  const unpacked = new Unpacked(limit);
  if (!packed.subarray(0, STREAM_MAGIC.length).equals(STREAM_MAGIC)) {
    unpackBlock(packed, unpacked);
    return unpacked.bytes();
  }
  const reader = new Reader(packed.subarray(STREAM_HEADER_BYTES));
  while (reader.remaining > 0) {
    const block = new Unpacked(limit);
    unpackBlock(reader.bytes(), block);
    unpacked.append(block.bytes());
  }
  return unpacked.bytes();
}

function unpackBlock(block: Buffer, unpacked: Unpacked): void {
  const reader = new Reader(block);
  reader.unsignedVarint();
  while (reader.remaining > 0) {
    const tag = reader.take(1)[0]!;
    const upper = tag >>> 2;
    if ((tag & 3) === 0) {
      const length = upper < 60 ? upper : littleEndian(reader, upper - 59);
      unpacked.append(reader.take(length + 1));
    } else if ((tag & 3) === 1) {
      const low = littleEndian(reader, 1);
      unpacked.repeat(((tag >>> 5) << 8) | low, (upper & 7) + 4);
    } else {
      unpacked.repeat(littleEndian(reader, (tag & 3) === 2 ? 2 : 4), upper + 1);
    }
  }
}

function littleEndian(reader: Reader, bytes: number): number {
  return reader.take(bytes).readUIntLE(0, bytes);
}
