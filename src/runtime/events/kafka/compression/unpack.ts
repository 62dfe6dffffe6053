import { BatchError } from '../bytes/batch-error.ts';
import { unpackLz4 } from './lz4.ts';
import { unpackSnappy } from './snappy.ts';
import { unpackGzip } from './zlib.ts';
import { unpackZstd } from './zstd.ts';

interface Codec {
  name: string;
  unpack: (packed: Buffer, limit: number) => Buffer | Promise<Buffer>;
}

/** By the number in a batch's attributes (https://kafka.apache.org/documentation/#recordbatch). */
const codecs: Record<number, Codec | undefined> = {
  1: { name: 'gzip', unpack: unpackGzip },
  2: { name: 'snappy', unpack: unpackSnappy },
  3: { name: 'lz4', unpack: unpackLz4 },
  4: { name: 'zstd', unpack: unpackZstd },
};

/**
 * Decompresses the records of a batch. Rejects with a BatchError if they are damaged, have an unknown codec, or exceed
 * `limit` bytes.
 */
export async function unpack(packed: Buffer, number: number, limit: number): Promise<Buffer> {
  const codec = codecs[number];
  if (!codec) throw new BatchError(`is compressed with codec ${number}, which this service does not support`);
  try {
    return await codec.unpack(packed, limit);
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    throw new BatchError(`is compressed with ${codec.name}, and ${error.message}`, { cause: error });
  }
}
