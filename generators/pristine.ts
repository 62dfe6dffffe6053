import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { UsageError } from './usage-error.ts';

/** Committed beside `.yo-rc.json`: gzip of a JSON object, path to text as it was generated. `zcat` shows it. */
export const pristineFile = '.yo-pristine.json.gz';

export type Pristine = Map<string, string>;

/** What the last run in this folder generated; empty where there was none. */
export async function readPristine(folder: string): Promise<Pristine> {
  const file = path.join(folder, pristineFile);
  const packed = await readFile(file).catch(() => undefined);
  if (!packed) return new Map();
  try {
    return new Map(Object.entries(JSON.parse(gunzipSync(packed).toString('utf8')) as Record<string, string>));
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read (${(error as Error).message}): take it from git again, or delete it`,
    );
  }
}

export const packPristine = (pristine: Pristine): Buffer =>
  gzipSync(
    JSON.stringify(Object.fromEntries([...pristine].toSorted(([one], [other]) => (one < other ? -1 : 1)))),
    {
      level: 9,
    },
  );

/** Compared by content: two versions of zlib pack the same text into different bytes. */
export const samePristine = (one: Pristine, other: Pristine): boolean =>
  one.size === other.size && [...one].every(([file, text]) => other.get(file) === text);
