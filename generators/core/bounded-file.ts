import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** A file exceeds the size limit of its kind. */
export class TooLargeError extends Error {
  override name = 'TooLargeError';
}

/** Returns the text of a file of at most `most` bytes; rejects like `readBoundedBytes`. */
export const readBounded = async (file: string, most: number): Promise<string> =>
  (await readBoundedBytes(file, most)).toString('utf8');

/** The folder of the pipes that a shell names: `--contract <(curl ...)`. */
const devices = '/dev/';

/**
 * Returns the bytes of a file, at most `most`. Rejects with a TooLargeError as soon as there are more, so it stops reading an
 * endless device or pipe too, and with Node's error if the file cannot be read. A pipe outside of /dev is refused: without a
 * writer, opening it would block.
 */
export async function readBoundedBytes(file: string, most: number): Promise<Buffer> {
  if (!file.startsWith(devices) && (await stat(file)).isFIFO()) throw new Error('it is a pipe, not a file');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most) throw new TooLargeError(`it is larger than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reports whether a value from JSON.parse nests more than `most` arrays and objects. */
export function isDeeperThan(value: unknown, most: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= most; depth += 1) {
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
