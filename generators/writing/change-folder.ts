import { chmod, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

type Undo = () => Promise<unknown>;

/**
 * Moves the files `moved` from `staging` to `folder` in their order, and removes the files `removed` with the folders that they leave empty. A
 * failure restores the replaced and the removed files.
 */
export async function changeFolder(
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
