import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readBoundedBytes } from '../core/bounded-file.ts';
import { isRelative } from '../core/closed-folder.ts';
import { UsageError } from '../core/usage-error.ts';

/** Committed next to `.yo-rc.json`: a gzipped JSON object from paths to the generated texts. `zcat` shows it. */
export const pristineFile = '.yo-pristine.json.gz';

export type Pristine = Map<string, string>;

/** The limit of all texts together, in bytes; a service with a hundred resources has about two million. */
const MAX_BYTES = 32 * 2 ** 20;

/** Such a service has about a thousand. */
const MAX_FILES = 10_000;

/** Returns the files that the last run in this folder generated; empty if there was none. */
export async function readPristine(folder: string): Promise<Pristine> {
  const file = path.join(folder, pristineFile);
  try {
    const packed = await readBoundedBytes(file, MAX_BYTES).catch(ifAbsent);
    return packed ? new Map(textsIn(packed)) : new Map();
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read (${reasonOf(error as NodeJS.ErrnoException)}); restore it from git, or delete it`,
    );
  }
}

function ifAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

function textsIn(packed: Buffer): [string, string][] {
  const content: unknown = JSON.parse(gunzipSync(packed, { maxOutputLength: MAX_BYTES }).toString('utf8'));
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new Error('it does not contain an object');
  const entries = Object.entries(content);
  if (entries.length > MAX_FILES) throw new Error(`it contains more than ${MAX_FILES} files`);
  return entries.map(([file, text]: [string, unknown]) => {
    if (typeof text !== 'string') throw new Error(`${JSON.stringify(file)} in it is not a text`);
    if (!isRelative(file)) throw new Error(`${JSON.stringify(file)} in it leads outside of the folder`);
    return [file, text];
  });
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  code === 'ERR_BUFFER_TOO_LARGE' ? `it unpacks to more than ${MAX_BYTES} bytes` : message;

export const packPristine = (pristine: Pristine): Buffer =>
  gzipSync(
    JSON.stringify(Object.fromEntries([...pristine].toSorted(([one], [other]) => (one < other ? -1 : 1)))),
    {
      level: 9,
    },
  );

/** Compares the content, because two versions of zlib compress the same text differently. */
export const samePristine = (one: Pristine, other: Pristine): boolean =>
  one.size === other.size && [...one].every(([file, text]) => other.get(file) === text);
