import { Reader } from '../bytes/reader.ts';
import { Unpacked } from './unpacked.ts';

const MAGIC = 0x184d2204;

/** Bits of the frame's first byte. */
const flag = { blockChecksums: 0x10, contentSize: 0x08, dictionary: 0x01 } as const;

/** Set in the size of an uncompressed block. */
const STORED = 0x8000_0000;

/** Decompresses an LZ4 frame (lz4/doc/lz4_Frame_format.md). Throws if the frame is damaged or larger than `limit` bytes. */
export function unpackLz4(packed: Buffer, limit: number): Buffer {
  const reader = new Reader(packed);
  if (reader.take(4).readUInt32LE(0) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = reader.take(2)[0]!;
  reader.take((flags & flag.contentSize ? 8 : 0) + (flags & flag.dictionary ? 4 : 0) + 1);
  const unpacked = new Unpacked(limit);
  for (;;) {
    const size = reader.take(4).readUInt32LE(0);
    if (size === 0) return unpacked.bytes();
    const block = reader.take(size & ~STORED);
    if (size >= STORED) unpacked.append(block);
    else unpackBlock(block, unpacked);
    if (flags & flag.blockChecksums) reader.take(4);
  }
}

/** A block is a sequence of literal bytes and copies of earlier bytes; the last sequence has no copy. */
function unpackBlock(block: Buffer, unpacked: Unpacked): void {
  const reader = new Reader(block);
  while (reader.remaining > 0) {
    const token = reader.take(1)[0]!;
    unpacked.append(reader.take(longer(reader, token >>> 4)));
    if (reader.remaining === 0) return;
    const distance = reader.take(2).readUInt16LE(0);
    unpacked.repeat(distance, longer(reader, token & 15) + 4);
  }
}

/** A length of 15 continues in the next bytes, up to the first that is not 255. */
function longer(reader: Reader, length: number): number {
  if (length < 15) return length;
  for (let sum = length; ;) {
    const more = reader.take(1)[0]!;
    sum += more;
    if (more < 255) return sum;
  }
}
