import { constants } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../../errors.ts';
import { tellIfSlow } from '../../patience.ts';
import { DevError } from './dev-error.ts';

/** The time for somebody to confirm the access in a password manager, in ms. */
const pipePatience = 60_000;

/**
 * Returns the text of a file; empty if it cannot be read. It may be the pipe of a password manager. Throws a DevError if nothing is
 * written to the pipe in time.
 */
export async function readEnvironmentText(file: string, say: (line: string) => void): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFIFO()) return readFile(file, 'utf8').catch(() => '');
  const waits = `dev waits up to ${pipePatience / 1_000} s for a text in the pipe .env`;
  return tellIfSlow(readPipe(file), () => say(waits));
}

/** Never blocks: a blocked read would also block the end of this process. */
async function readPipe(file: string): Promise<string> {
  const pipe = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const deadline = performance.now() + pipePatience;
  try {
    for (let text = ''; performance.now() < deadline;) {
      const part = await readPart(pipe);
      if (part === '' && text !== '') return text;
      if (part) text += part;
      else await delay(20);
    }
  } finally {
    await pipe.close();
  }
  throw new DevError(
    `.env is a pipe, and nobody wrote to it within ${pipePatience / 1_000} s. Unlock the program that writes it, or replace it with a file.`,
  );
}

/** Returns the next bytes; empty if nobody has the pipe open for writing, undefined if nothing is there yet. */
async function readPart(pipe: FileHandle): Promise<string | undefined> {
  try {
    const { bytesRead, buffer } = await pipe.read({ buffer: Buffer.alloc(65_536), position: null });
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (errorCode(error) === 'EAGAIN') return undefined;
    throw error;
  }
}
