import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assertClosed } from '../core/closed-folder.ts';
import { modeOf } from '../core/random-password.ts';
import { shownPath } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';
import { changeFolder } from './change-folder.ts';
import { removeAbandoned, stagingIn, writeJournal } from './journal.ts';

type Files = Map<string, string | Buffer>;

/**
 * Writes all of `files` to `folder` and removes all of `removed`, or changes nothing: the files are staged next to their place
 * first, then moved in their order; removals come last, with the folders that they leave empty. A new folder appears in one step. In
 * an existing folder, a failure restores the replaced and the removed files. Throws a UsageError, before it writes anything, if a
 * file would be outside of the folder.
 */
export async function writeFiles(
  folder: string,
  files: Files,
  removed: readonly string[] = [],
): Promise<void> {
  await assertClosed(folder, [...files.keys(), ...removed]);
  const parent = path.dirname(folder);
  const { firstMade, temporary } = await makeTemporary(parent, path.basename(folder)).catch(
    (error: unknown) => {
      throw cannotWrite(folder, error);
    },
  );
  const discard = () => rmSync(temporary, { recursive: true, force: true });
  // The folder of mkdtemp is private; the one in it is not.
  const staging = stagingIn(temporary);
  process.once('exit', discard);
  try {
    await stage(staging, files);
    if (existsSync(folder)) {
      const change = { moved: [...files.keys()], removed };
      await writeJournal(temporary, folder, change);
      await changeFolder(folder, staging, change);
    } else await rename(staging, folder);
  } catch (error) {
    if (firstMade !== undefined) await rm(firstMade, { recursive: true, force: true });
    throw cannotWrite(folder, error);
  } finally {
    discard();
    process.off('exit', discard);
  }
}

async function makeTemporary(parent: string, name: string) {
  const firstMade = await mkdir(parent, { recursive: true });
  await removeAbandoned(parent, name);
  return { firstMade, temporary: await mkdtemp(path.join(parent, `.${name}-${process.pid}-`)) };
}

const cannotWrite = (folder: string, cause: unknown) =>
  new UsageError(
    `cannot write ${shownPath(folder)}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

async function stage(staging: string, files: Files): Promise<void> {
  await mkdir(staging);
  for (const [file, content] of files) {
    const target = path.join(staging, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content, { mode: modeOf(file) });
  }
}
