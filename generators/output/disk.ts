import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../core/usage-error.ts';

/** The owner's files. */
export interface Disk {
  /** Text by path. */
  texts: Map<string, string>;
  /** The paths of files whose bytes are not UTF-8: writing their text would change them. */
  others: Set<string>;
}

/**
 * Reads those of `files` that exist, paths relative to the folder. Throws a UsageError if a file that `isWanted` names is a folder,
 * or is below a file; in the place of another one, both count as absent.
 */
export async function readDisk(
  folder: string,
  files: Iterable<string>,
  isWanted: (file: string) => boolean,
): Promise<Disk> {
  const disk: Disk = { texts: new Map(), others: new Set() };
  const reading = [...files].map(async (file) => {
    const bytes = await readPresent(path.join(folder, file)).catch((error: unknown) => {
      if (isWanted(file)) throw error;
    });
    return [file, bytes] as const;
  });
  for (const [file, bytes] of await Promise.all(reading)) {
    if (bytes === undefined) continue;
    const text = bytes.toString('utf8');
    disk.texts.set(file, text);
    if (!Buffer.from(text).equals(bytes)) disk.others.add(file);
  }
  return disk;
}

async function readPresent(file: string): Promise<Buffer | undefined> {
  try {
    const stats = await lstat(file);
    if (stats.isDirectory())
      throw new UsageError(`${file} is a folder, but the generator writes a file there; move the folder`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') return undefined;
    if ('code' in error && error.code === 'ENOTDIR')
      throw new UsageError(`${file} cannot be written: a folder above it is a file`);
    throw new UsageError(`cannot read ${file}: ${error.message}`);
  }
}
