import { BatchError } from '../bytes/batch-error.ts';
import { nativeZstd } from './zlib.ts';

type Unpack = (packed: Buffer, limit: number) => Promise<Buffer>;

let unpack: Promise<Unpack> | undefined;

/**
 * Unpacks zstd (RFC 8878): with Node's own where it has one, else with the reference decoder as WebAssembly, which is loaded
 * when it is first needed. Rejects with a BatchError where it is damaged or beyond `limit` bytes.
 */
export async function unpackZstd(packed: Buffer, limit: number): Promise<Buffer> {
  const unpackThis = await (unpack ??= Promise.resolve(nativeZstd() ?? wasmZstd()));
  return unpackThis(packed, limit);
}

/** The decoder answers nothing where it fails, and does not say why; no batch is packed nothing. */
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
