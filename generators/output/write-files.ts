import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assertClosed } from '../core/closed-folder.ts';
import { modeOf } from '../core/random-password.ts';
import { shownPath } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';

type Files = Map<string, string | Buffer>;

/**
 * Writes all of `files` to `folder`, or none of them: they are staged next to their place first, then moved. A new folder
 * appears in one step. In an existing folder, a failure restores the replaced files. Throws a UsageError, before it writes
 * anything, if a file would be outside of the folder.
 */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  await assertClosed(folder, files.keys());
  const parent = path.dirname(folder);
  const { firstMade, temporary } = await makeTemporary(parent, path.basename(folder)).catch(
    (error: unknown) => {
      throw cannotWrite(folder, error);
    },
  );
  const discard = () => rmSync(temporary, { recursive: true, force: true });
  // The folder of mkdtemp is private; the one in it is not.
  const staging = path.join(temporary, 'staging');
  process.once('exit', discard);
  try {
    await stage(staging, files);
    if (existsSync(folder)) await moveInto(folder, staging, [...files.keys()]);
    else await rename(staging, folder);
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
  return { firstMade, temporary: await mkdtemp(path.join(parent, `.${name}-`)) };
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

async function moveInto(folder: string, staging: string, files: string[]): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    for (const file of files) {
      const target = path.join(folder, file);
      const made = await mkdir(path.dirname(target), { recursive: true });
      if (made !== undefined) undo.push(() => rm(made, { recursive: true, force: true }));
      const before = await readFile(target).catch(() => undefined);
      await rename(path.join(staging, file), target);
      undo.push(() => (before ? writeFile(target, before) : rm(target, { force: true })));
    }
  } catch (error) {
    for (const step of undo.toReversed()) await step();
    throw error;
  }
}
