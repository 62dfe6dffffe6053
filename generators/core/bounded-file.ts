import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** A file is larger than what it is read for can be. */
export class TooLargeError extends Error {
  override name = 'TooLargeError';
}

/** The text of a file of at most `most` bytes; rejects as `readBoundedBytes` does. */
export const readBounded = async (file: string, most: number): Promise<string> =>
  (await readBoundedBytes(file, most)).toString('utf8');

/** Where a shell puts a pipe whose name it gives: `--contract <(curl ...)`. */
const devices = '/dev/';

/**
 * The bytes of a file, at most `most`. Rejects with a TooLargeError once there are more, so that a device or a pipe without
 * an end is not read to its end either, and with Node's error where the file cannot be read. A pipe outside of /dev is
 * refused: where nobody writes, opening it would wait for ever.
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

/** Whether a value that JSON.parse gave has more than `most` arrays and objects within each other. */
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
