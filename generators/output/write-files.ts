import { existsSync, rmSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { assertClosed } from '../core/closed-folder.ts';
import { isRunning } from '../core/is-running.ts';
import { modeOf } from '../core/random-password.ts';
import { shownPath } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';

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
  const staging = path.join(temporary, 'staging');
  process.once('exit', discard);
  try {
    await stage(staging, files);
    if (existsSync(folder)) await changeFolder(folder, staging, { moved: [...files.keys()], removed });
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
  await removeAbandoned(parent, name);
  return { firstMade, temporary: await mkdtemp(path.join(parent, `.${name}-${process.pid}-`)) };
}

/** Removes the staging folders of killed runs, whose process does not exist anymore. */
async function removeAbandoned(parent: string, name: string): Promise<void> {
  const prefix = `.${name}-`;
  for (const entry of await readdir(parent).catch(() => [])) {
    const [, pid] = /^(\d+)-\w{6}$/.exec(entry.startsWith(prefix) ? entry.slice(prefix.length) : '') ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(path.join(parent, entry), { recursive: true, force: true });
  }
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

type Undo = () => Promise<unknown>;

async function changeFolder(
  folder: string,
  staging: string,
  { moved, removed }: { moved: readonly string[]; removed: readonly string[] },
): Promise<void> {
  const undo: Undo[] = [];
  try {
    for (const file of moved) await moveInto(folder, path.join(staging, file), { file, undo });
    for (const file of removed) await removeFrom(folder, file, undo);
  } catch (error) {
    for (const step of undo.toReversed()) await step();
    throw error;
  }
  for (const file of removed) await removeEmpty(folder, path.posix.dirname(file));
}

async function moveInto(
  folder: string,
  staged: string,
  { file, undo }: { file: string; undo: Undo[] },
): Promise<void> {
  const target = path.join(folder, file);
  const made = await mkdir(path.dirname(target), { recursive: true });
  if (made !== undefined) undo.push(() => rm(made, { recursive: true, force: true }));
  const before = await readFile(target).catch(() => undefined);
  if (before) await chmod(staged, (await stat(target)).mode);
  await rename(staged, target);
  undo.push(() => (before ? writeFile(target, before) : rm(target, { force: true })));
}

async function removeFrom(folder: string, file: string, undo: Undo[]): Promise<void> {
  const target = path.join(folder, file);
  const before = await readFile(target).catch(() => undefined);
  if (before === undefined) return;
  const { mode } = await stat(target);
  await rm(target);
  undo.push(() => writeFile(target, before, { mode }));
}

/** Removes a folder, and those above it, as long as they are empty. */
async function removeEmpty(folder: string, empty: string): Promise<void> {
  if (empty === '.') return;
  const isGone = await rmdir(path.join(folder, empty)).then(
    () => true,
    () => false,
  );
  if (isGone) await removeEmpty(folder, path.posix.dirname(empty));
}
