import { BatchError } from '../bytes/batch-error.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { tooLarge, Unpacked } from './unpacked.ts';

/** Java clients write the stream format of snappy-java (SnappyOutputStream); other clients send one block. */
const STREAM_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const STREAM_HEADER_BYTES = 16;

/**
 * Decompresses snappy (google/snappy, format_description.txt). Throws a BatchError if the data is damaged or exceeds `limit`
 * bytes.
 */
export function unpackSnappy(packed: Buffer, limit: number): Buffer {
  const unpacked = new Unpacked(limit);
  if (!packed.subarray(0, STREAM_MAGIC.length).equals(STREAM_MAGIC)) {
    unpackBlock(new ByteReader(packed), unpacked, limit);
    return unpacked.bytes();
  }
  const stream = new ByteReader(packed);
  stream.take(STREAM_HEADER_BYTES);
  while (stream.remaining > 0)
    unpackBlock(new ByteReader(stream.take(stream.int32())), unpacked, limit - unpacked.size());
  return unpacked.bytes();
}

/** The size, then literals and copies, distinguished by the lowest two bits of a tag. */
function unpackBlock(block: ByteReader, unpacked: Unpacked, limit: number): void {
  const start = unpacked.begin();
  const size = block.unsignedVarint();
  if (size > limit) throw tooLarge(limit);
  while (block.remaining > 0) {
    const tag = block.byte();
    if ((tag & 3) === 0) unpacked.append(block.take(literalSize(block, tag >>> 2)));
    else copy(block, tag, unpacked);
  }
  if (unpacked.size() - start !== size)
    throw new BatchError(`has ${unpacked.size() - start} bytes in a block of ${size}`);
}

/** From 60, the size is in the next one to four bytes. */
const literalSize = (block: ByteReader, upper: number): number =>
  (upper < 60 ? upper : block.littleEndian(upper - 59)) + 1;

function copy(block: ByteReader, tag: number, unpacked: Unpacked): void {
  if ((tag & 3) === 1) unpacked.repeat(((tag >>> 5) << 8) | block.littleEndian(1), ((tag >>> 2) & 7) + 4);
  else unpacked.repeat(block.littleEndian((tag & 3) === 2 ? 2 : 4), (tag >>> 2) + 1);
}
