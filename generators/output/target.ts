import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { shownFolder, shownPath } from '../core/shown-path.ts';
import { distrustOf } from './trust.ts';
import { UsageError } from '../core/usage-error.ts';
import { packageVersion } from '../core/version.ts';
import { higherRange } from '../merge/languages/ranges.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';
import { readYoRc, type Remembered } from './yo-rc.ts';

/**
 * Returns the memory of an earlier run of `generator` in `folder`; undefined for a new folder. An empty folder, or one with
 * only a git repository, is new; any other folder is refused unless `force`.
 */
export async function openTarget(
  folder: string,
  generator: string,
  { cwd, force }: { cwd: string; force: boolean },
): Promise<Remembered | undefined> {
  const yoRc = path.join(folder, yoRcFile);
  const distrust = await distrustOf(yoRc, cwd);
  if (distrust !== undefined && distrust !== 'absent')
    throw new UsageError(`cannot trust ${shownPath(yoRc)}: ${distrust}; or choose another name`);
  const remembered = await readYoRc(folder);
  const shown = shownPath(folder);
  if (remembered?.generator === generator) {
    refuseNewer(folder, remembered);
    return remembered;
  }
  if (remembered) throw new UsageError(`${shown} is already a ${remembered.generator}; choose another name`);
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR')
      throw new UsageError(`${shown} is a file; choose another name, or move it away`);
    throw new UsageError(`cannot read ${folder}: ${error.message}`);
  });
  if (force || entries.every((entry) => entry === '.git')) return undefined;
  throw new UsageError(
    `${shown} exists, and this generator did not write it; choose another name, or add --force`,
  );
}

/** An older generator would take the changes of the newer templates back. */
function refuseNewer(folder: string, { version }: Remembered): void {
  const own = packageVersion();
  if (version === '' || higherRange(own, version) === 'one') return;
  throw new UsageError(
    `create-microservice ${version} wrote ${shownFolder(folder)}, and this is the older version ${own}; run npm init microservice@${version} there, or a newer version`,
  );
}

/** Throws a UsageError if another run has written `folder`, for which `openTarget` has found no earlier run. */
export async function assertStillNew(
  folder: string,
  generator: string,
  options: { cwd: string; force: boolean },
): Promise<void> {
  if ((await openTarget(folder, generator, options)) === undefined) return;
  throw new UsageError(
    `another run has just written ${shownPath(folder)}; run the command again to change it`,
  );
}
