import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Calls `take` with each line of a stream, including an unterminated last line; `ended` after the last one. */
export function readLines(stream: Readable, take: (line: string) => void, ended?: () => void): void {
  const decoder = new StringDecoder();
  let rest = '';
  stream.on('data', (bytes: Buffer) => {
    const lines = (rest + decoder.write(bytes)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line.replace(/\r$/, ''));
  });
  stream.on('end', () => {
    if (rest) take(rest);
    ended?.();
  });
}
