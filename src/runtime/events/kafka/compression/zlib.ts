import * as zlib from 'node:zlib';
import { BatchError } from '../bytes/batch-error.ts';
import { tooLarge } from './unpacked.ts';

type ZlibUnpack = (
  packed: Buffer,
  options: { maxOutputLength: number; chunkSize: number },
  done: (error: Error | null, unpacked: Buffer) => void,
) => void;

const CHUNK = 64 * 1024;

/** Decompresses gzip outside the main thread. Rejects with a BatchError if the data is damaged or exceeds `limit` bytes. */
export const unpackGzip = (packed: Buffer, limit: number): Promise<Buffer> =>
  unpackWith(zlib.gunzip, packed, limit);

/** Returns Node's zstd decompression; undefined before Node 22.15 and 23.8. */
export function nativeZstd(): ((packed: Buffer, limit: number) => Promise<Buffer>) | undefined {
  const unpack: unknown = Reflect.get(zlib, 'zstdDecompress');
  return typeof unpack === 'function'
    ? (packed, limit) => unpackWith(unpack as ZlibUnpack, packed, limit)
    : undefined;
}

function unpackWith(unpack: ZlibUnpack, packed: Buffer, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    unpack(packed, { maxOutputLength: limit, chunkSize: CHUNK }, (error, unpacked) => {
      if (!error) resolve(unpacked);
      else reject(isTooLarge(error) ? tooLarge(limit) : new BatchError(`is damaged: ${error.message}`));
    });
  });
}

const isTooLarge = (error: Error): boolean => 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
