import * as zlib from 'node:zlib';
import { unpackLz4 } from './lz4.ts';
import { unpackSnappy } from './snappy.ts';

type Unpack = (packed: Buffer, limit: number) => Buffer;

/** By the number of the codec in a batch's attributes. Node has zstd from 22.15 and 23.8. */
const codecs: Record<number, Unpack | undefined> = {
  0: (bytes) => bytes,
  1: (packed, limit) => zlib.gunzipSync(packed, { maxOutputLength: limit }),
  2: unpackSnappy,
  3: unpackLz4,
  4: zstd(),
};

/**
 * Decompresses the records of a batch. Throws if they are damaged, larger than `limit` bytes, or compressed with a codec that
 * this Node does not have.
 */
export function unpack(records: Buffer, codec: number, limit: number): Buffer {
  const unpackThis = codecs[codec];
  if (!unpackThis) throw new RangeError(`records are compressed with codec ${codec}, which is not supported`);
  return unpackThis(records, limit);
}

function zstd(): Unpack | undefined {
  const unpackZstd: unknown = Reflect.get(zlib, 'zstdDecompressSync');
  if (typeof unpackZstd !== 'function') return undefined;
  return (packed, limit) => unpackZstd(packed, { maxOutputLength: limit });
}
