import { BatchError } from '../bytes/batch-error.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { tooLarge, Unpacked } from './unpacked.ts';

const MAGIC = 0x184d2204;

/** Bits of the frame's first byte. */
const flag = { blockChecksums: 0x10, contentSize: 0x08, dictionary: 0x01 } as const;

/** Set in the size of an uncompressed block. */
const STORED = 0x8000_0000;

/**
 * Decompresses an LZ4 frame (lz4/doc/lz4_Frame_format.md). Its checksums are not verified, since the batch has its own.
 * Throws a BatchError if the frame is damaged or exceeds `limit` bytes.
 */
export function unpackLz4(packed: Buffer, limit: number): Buffer {
  const frame = new ByteReader(packed);
  if (frame.littleEndian(4) !== MAGIC) throw new BatchError('has no LZ4 frame');
  const [flags = 0] = frame.take(2);
  if (flags & flag.contentSize && frame.take(8).readBigUInt64LE() > BigInt(limit)) throw tooLarge(limit);
  if (flags & flag.dictionary) frame.take(4);
  frame.take(1);
  const unpacked = new Unpacked(limit);
  for (;;) {
    const size = frame.littleEndian(4);
    if (size === 0) return unpacked.bytes();
    const block = frame.take(size >= STORED ? size - STORED : size);
    if (size >= STORED) unpacked.append(block);
    else unpackBlock(new ByteReader(block), unpacked);
    if (flags & flag.blockChecksums) frame.take(4);
  }
}

/** A block is a sequence of literal bytes and copies of earlier bytes; the last sequence has no copy. */
function unpackBlock(block: ByteReader, unpacked: Unpacked): void {
  while (block.remaining > 0) {
    const token = block.byte();
    unpacked.append(block.take(longer(block, token >>> 4)));
    if (block.remaining === 0) return;
    const distance = block.littleEndian(2);
    unpacked.repeat(distance, longer(block, token & 15) + 4);
  }
}

/** A length of 15 continues in the next bytes, up to the first that is not 255. */
function longer(block: ByteReader, length: number): number {
  if (length < 15) return length;
  for (let sum = length; ;) {
    const more = block.byte();
    sum += more;
    if (more < 255) return sum;
  }
}
