import { type Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { readBoundedBytes } from '../core/bounded-file.ts';
import { assertClosed, isRelative } from '../core/closed-folder.ts';
import { toLf } from '../core/line-ends.ts';
import { shownFolder } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';

/** Committed next to `.yo-rc.json`: the text of each generated file, as the last run generated it. */
export const baseFolder = '.yo-base';

/** The memory of 0.1.0 and earlier versions. */
const oldMemory = '.yo-pristine.json.gz';

/** The generated texts by the paths of their files, with LF line ends. */
export type Base = ReadonlyMap<string, string>;

/** The limit of all texts together, in bytes; a service with a hundred resources has about two million. */
const MAX_BYTES = 32 * 2 ** 20;

/** Such a service has about a thousand. */
const MAX_FILES = 10_000;

/**
 * The final part of each name. Compilers, linters, formatters, test runners, npm and git know a file by its name: without this part
 * they would read the `package.json`, the `.gitignore` or a test of the base as those of the service.
 */
const ending = '.txt';

/** Returns the path in which the base of a file is stored. */
export const baseFileOf = (file: string): string => `${baseFolder}/${file}${ending}`;

/** Returns the file whose base is stored in this path; undefined for another path. */
export function fileOfBase(stored: string): string | undefined {
  const file = stored.slice(baseFolder.length + 1, -ending.length);
  return stored.startsWith(`${baseFolder}/`) && stored.endsWith(ending) && isRelative(file)
    ? file
    : undefined;
}

/**
 * Returns the texts that the last run in this folder generated; empty if there was none. Throws a UsageError if they are not as a
 * run writes them, or if only the memory of an older version exists.
 */
export async function readBase(folder: string): Promise<Base> {
  const root = path.join(folder, baseFolder);
  if ((await lstat(root).catch(() => undefined)) === undefined) {
    await refuseOldMemory(folder);
    return new Map();
  }
  await assertClosed(folder, [baseFolder]);
  try {
    return await textsIn(root);
  } catch (error) {
    throw new UsageError(
      `${root} cannot be read (${(error as Error).message}); restore the folder from git`,
      { cause: error },
    );
  }
}

async function refuseOldMemory(folder: string): Promise<void> {
  if ((await lstat(path.join(folder, oldMemory)).catch(() => undefined)) === undefined) return;
  throw new UsageError(
    `create-microservice 0.1 wrote ${shownFolder(folder)}, and this version cannot update it: there is ${oldMemory}, but not ${baseFolder}/. Generate the service in a new folder, and move your changes into it`,
  );
}

async function textsIn(root: string): Promise<Base> {
  const texts = new Map<string, string>();
  let bytes = 0;
  for (const file of await filesIn(root)) {
    const content = await readBoundedBytes(path.join(root, `${file}${ending}`), MAX_BYTES - bytes);
    bytes += content.length;
    texts.set(file, toLf(content.toString('utf8')));
  }
  return texts;
}

/** Returns the paths of the files whose text is below `root`, sorted. Files with another ending are not ours. */
async function filesIn(root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) folders.push(file);
      else if (isText(entry, file)) files.push(file.slice(0, -ending.length));
      if (files.length > MAX_FILES || folders.length > MAX_FILES)
        throw new Error(`it contains more than ${MAX_FILES} files`);
    }
  }
  return files.toSorted();
}

function isText(entry: Dirent, file: string): boolean {
  if (!file.endsWith(ending)) return false;
  if (!entry.isFile()) throw new Error(`${file} is not a regular file`);
  if (!isRelative(file.slice(0, -ending.length))) throw new Error(`${JSON.stringify(file)} is not a path`);
  return true;
}
