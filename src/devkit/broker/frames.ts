import { ProtocolError } from './protocol/bytes/reader.ts';

/** Kafka's default of `socket.request.max.bytes`. */
const MAX_REQUEST_BYTES = 104_857_600;

const SIZE_BYTES = 4;

/**
 * Splits a stream into requests; each is preceded by its size. The returned function takes the next bytes and returns the
 * requests that are complete. It throws a ProtocolError for an impossible size.
 */
export function createFrameSplitter(): (chunk: Buffer) => Buffer[] {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let needed = SIZE_BYTES;

  return (chunk) => {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < needed) return [];
    const bytes = held.length === 1 ? chunk : Buffer.concat(held, heldBytes);
    const requests: Buffer[] = [];
    let position = 0;
    for (;;) {
      needed = sizeAt(bytes, position);
      if (bytes.length - position < needed) break;
      requests.push(bytes.subarray(position + SIZE_BYTES, position + needed));
      position += needed;
    }
    heldBytes = bytes.length - position;
    held = heldBytes > 0 ? [bytes.subarray(position)] : [];
    return requests;
  };
}

/** Returns the size of the request at `position`, including the size field; only that of the field while it is incomplete. */
function sizeAt(bytes: Buffer, position: number): number {
  if (bytes.length - position < SIZE_BYTES) return SIZE_BYTES;
  const size = bytes.readInt32BE(position);
  if (size < 0 || size > MAX_REQUEST_BYTES) throw new ProtocolError(`request of ${size} bytes`);
  return SIZE_BYTES + size;
}
