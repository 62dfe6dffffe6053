import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DevError } from '../../dev/environment/dev-error.ts';
import { errorMessage } from '../../errors.ts';

interface Manifest {
  version?: string;
  scripts?: Record<string, string>;
}

/** Returns the package.json of the service at `root`. Rejects with a DevError that names the file. */
export async function readManifest(root: string): Promise<Manifest> {
  const file = path.join(root, 'package.json');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Manifest;
  } catch (cause) {
    throw new DevError(`${file} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

export const scriptsOf = async (root: string): Promise<string[]> =>
  Object.keys((await readManifest(root)).scripts ?? {});
