import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readBase, type Base, baseFolder } from '../../../generators/output/base.ts';
import { yoRcFile } from '../../../generators/core/yo-rc-file.ts';

/** The memory of a service that version 0.2.0 wrote: the oldest base that `update` supports. Its contracts are beside it. */
export const firstVersion = path.join(import.meta.dirname, '0.2.0');

/** The generated text of each of its files, by path. */
export const readFirstVersion = (): Promise<Base> => readBase(firstVersion);

/** Writes the service as version 0.2.0 left it: an untouched file is equal to its base. */
export async function writeFirstVersion(folder: string): Promise<void> {
  await cp(path.join(firstVersion, baseFolder), path.join(folder, baseFolder), { recursive: true });
  await writeFile(path.join(folder, yoRcFile), await readFile(path.join(firstVersion, yoRcFile)));
  for (const [file, text] of await readFirstVersion()) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}
