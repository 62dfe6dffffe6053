import { BatchError } from '../bytes/batch-error.ts';
import { nativeZstd } from './zlib.ts';

type Unpack = (packed: Buffer, limit: number) => Promise<Buffer>;

let unpacker: Promise<Unpack> | undefined;

/**
 * Decompresses zstd (RFC 8878) with Node's implementation if available, else with the reference decoder as WebAssembly, which
 * is loaded at its first use. Rejects with a BatchError if the data is damaged or exceeds `limit` bytes.
 */
export async function unpackZstd(packed: Buffer, limit: number): Promise<Buffer> {
  const unpackThis = await (unpacker ??= Promise.resolve(nativeZstd() ?? wasmZstd()));
  return unpackThis(packed, limit);
}

/** If the decoder fails, it returns no bytes and no reason; a valid batch is never empty. */
async function wasmZstd(): Promise<Unpack> {
  const { ZSTDDecoder } = await import('zstddec');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return async (packed, limit) => {
    const { buffer, byteOffset, length } = decoder.decode(packed, limit);
    if (length === 0) throw new BatchError(`is damaged zstd, or unpacks to more than ${limit} bytes`);
    return Buffer.from(buffer, byteOffset, length);
  };
}
