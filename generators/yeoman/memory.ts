import path from 'node:path';
import type Generator from 'yeoman-generator';
import { UsageError } from '../core/usage-error.ts';

type Memory = Generator['env']['sharedFs'];

/** A file of mem-fs, with the state that mem-fs-editor gives it. */
interface MemoryFile {
  path: string;
  contents?: Buffer | null;
  state?: string;
}

/** Returns the files that exist only in memory: generators have written them, and nothing has saved them to disk. */
export const pendingFiles = (memory: Memory): MemoryFile[] =>
  (memory.all() as MemoryFile[]).filter(({ state }) => state === 'modified');

/**
 * Returns the files that all generators of the environment have written under `folder` in memory: path (with `/`) to text.
 * Throws a UsageError for a file that is not text.
 */
export function textsUnder(folder: string, memory: Memory): Map<string, string> {
  const files = pendingFiles(memory)
    .filter((file) => isUnder(folder, file))
    .map((file): [string, string] => [
      path.relative(folder, file.path).split(path.sep).join('/'),
      textOf(file),
    ]);
  return new Map(files.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function textOf({ path: file, contents }: MemoryFile): string {
  const bytes = contents ?? Buffer.alloc(0);
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  throw new UsageError(`cannot write ${file}: it is not a text file, and this generator writes only text`);
}

/** Marks the files under `folder` as saved, so Yeoman does not write them again. */
export function markWritten(folder: string, memory: Memory): void {
  for (const file of pendingFiles(memory)) if (isUnder(folder, file)) delete file.state;
}

function isUnder(folder: string, file: MemoryFile): boolean {
  const relative = path.relative(folder, file.path);
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}
