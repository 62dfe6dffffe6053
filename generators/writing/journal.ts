import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assertClosed } from '../core/closed-folder.ts';
import { isRunning } from '../core/is-running.ts';
import { shownFolder } from '../core/shown-path.ts';
import { printError } from '../core/terminal.ts';
import { command } from '../core/version.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';
import { changeFolder } from './change-folder.ts';

/** The hash of a file; null if it does not exist. */
type State = string | null;

/** The plan of a run, stored in its staging folder before it changes the first file. The order of the members is that of the changes. */
interface Journal {
  moved: Record<string, { before: State; after: State }>;
  removed: Record<string, State>;
  /** The text of `.yo-rc.json` before the run; null if there is none. */
  memory?: string | null;
}

/** A run that a kill has stopped, and that is finished now. */
interface FinishedRun {
  /** The text of `.yo-rc.json` before that run. */
  memory: string;
}

const journalFile = 'journal.json';

export const stagingIn = (temporary: string): string => path.join(temporary, 'staging');

/** Stores the plan of a run that changes the existing `folder`. Call it when all files are staged. */
export async function writeJournal(
  temporary: string,
  folder: string,
  { moved, removed }: { moved: readonly string[]; removed: readonly string[] },
): Promise<void> {
  const memory = await readFile(path.join(folder, yoRcFile), 'utf8').catch(() => null);
  const journal: Journal = { moved: {}, removed: {}, memory };
  for (const file of moved)
    journal.moved[file] = {
      before: await hashOf(path.join(folder, file)),
      after: await hashOf(path.join(stagingIn(temporary), file)),
    };
  for (const file of removed) journal.removed[file] = await hashOf(path.join(folder, file));
  const written = path.join(temporary, `${journalFile}.new`);
  await writeFile(written, JSON.stringify(journal), { mode: 0o600 });
  await rename(written, path.join(temporary, journalFile));
}

const hashOf = async (file: string): Promise<State> => {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes ? createHash('sha256').update(bytes).digest('hex') : null;
};

const notes = {
  finished: (folder: string) => `a run in ${folder} was killed; it is finished now.`,
  changed: (folder: string) =>
    `a run in ${folder} was killed, and its files have changed since, so it is not finished. Review them with git diff.`,
};

/** Finishes the killed run of a folder, before a run reads the folder. Prints a note if there was one. Resolves to the finished run. */
export async function finishWithNote(folder: string): Promise<FinishedRun | undefined> {
  const { result, memory } = await finishKilledRun(folder);
  if (result !== 'none') printError(`${command}: note: ${notes[result](shownFolder(folder))}`);
  return result === 'finished' && typeof memory === 'string' ? { memory } : undefined;
}

/**
 * Finishes the run that a kill has stopped between its changes of `folder`. Resolves to `finished` or `none`, or to `changed` if the
 * owner has changed one of its files since: then nothing happens. Removes the staging folders of killed runs.
 */
async function finishKilledRun(
  folder: string,
): Promise<{ result: 'finished' | 'none' | 'changed'; memory: Journal['memory'] }> {
  const [parent, name] = [path.dirname(folder), path.basename(folder)];
  let result: 'finished' | 'none' | 'changed' = 'none';
  let memory: Journal['memory'];
  for (const temporary of await abandonedIn(parent, name)) {
    const journal = await readJournal(temporary);
    if (!journal) continue;
    ({ memory } = journal);
    const staged = await stagedFiles(temporary, journal);
    await assertClosed(folder, [...Object.keys(journal.moved), ...Object.keys(journal.removed)]);
    result = (await isAsLeft(folder, staged, journal)) ? 'finished' : 'changed';
    if (result === 'finished')
      await changeFolder(folder, stagingIn(temporary), {
        moved: staged,
        removed: Object.keys(journal.removed),
      });
  }
  await removeAbandoned(parent, name);
  return { result, memory };
}

/** A staging folder without a journal belongs to a run that has changed nothing. */
async function readJournal(temporary: string): Promise<Journal | undefined> {
  const { uid } = await lstat(temporary);
  if (process.getuid && uid !== process.getuid()) return undefined; // of another user
  const text = await readFile(path.join(temporary, journalFile), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Journal);
}

async function stagedFiles(temporary: string, { moved }: Journal): Promise<string[]> {
  const staged: string[] = [];
  for (const [file, { after }] of Object.entries(moved))
    if (after !== null && (await hashOf(path.join(stagingIn(temporary), file))) === after) staged.push(file);
  return staged;
}

/** Reports whether each file is as the killed run has found it or has left it. */
async function isAsLeft(
  folder: string,
  staged: readonly string[],
  { moved, removed }: Journal,
): Promise<boolean> {
  for (const [file, { before, after }] of Object.entries(moved))
    if ((await hashOf(path.join(folder, file))) !== (staged.includes(file) ? before : after)) return false;
  for (const [file, before] of Object.entries(removed))
    if (![before, null].includes(await hashOf(path.join(folder, file)))) return false;
  return true;
}

/** Removes the staging folders of killed runs, whose process does not exist anymore. */
export async function removeAbandoned(parent: string, name: string): Promise<void> {
  for (const temporary of await abandonedIn(parent, name))
    await rm(temporary, { recursive: true, force: true });
}

async function abandonedIn(parent: string, name: string): Promise<string[]> {
  const prefix = `.${name}-`;
  return (await readdir(parent).catch(() => [])).flatMap((entry) => {
    const [, pid] = /^(\d+)-\w{6}$/.exec(entry.startsWith(prefix) ? entry.slice(prefix.length) : '') ?? [];
    return pid === undefined || isRunning(Number(pid)) ? [] : [path.join(parent, entry)];
  });
}
