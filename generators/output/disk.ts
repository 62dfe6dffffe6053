import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readBounded } from '../core/bounded-file.ts';
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

/** Packages, results of a build, and hidden folders: no owner moves a generated file there. */
const passedOver = /^(?:\.|node_modules$|dist$|coverage$)/;

/** More files, or larger ones, are not searched: the result is only a suggestion. */
const MAX_UNKNOWN = 2_000;
const MAX_BYTES = 256 * 2 ** 10;

/**
 * Returns the texts of the owner's own files, which are not in `known`: those with the same ending as one of `gone`, the generated
 * files that are missing. One of them may be such a file under a new name.
 */
export async function readUnknown(
  folder: string,
  known: ReadonlySet<string>,
  gone: readonly string[],
): Promise<Map<string, string>> {
  const endings = new Set(gone.map((file) => path.posix.extname(file)));
  const files = await ownFilesIn(folder, (file) => !known.has(file) && endings.has(path.posix.extname(file)));
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = await readBounded(path.join(folder, file), MAX_BYTES).catch(() => undefined);
    if (text !== undefined) texts.set(file, text);
  }
  return texts;
}

async function ownFilesIn(folder: string, isWanted: (file: string) => boolean): Promise<string[]> {
  const files: string[] = [];
  const folders = [''];
  for (const inner of folders) {
    const entries = await readdir(path.join(folder, inner), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.posix.join(inner, entry.name);
      if (entry.isDirectory() && !passedOver.test(entry.name)) folders.push(file);
      if (entry.isFile() && isWanted(file)) files.push(file);
    }
    if (files.length + folders.length > MAX_UNKNOWN) return [];
  }
  return files.toSorted();
}
