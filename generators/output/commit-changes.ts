import path from 'node:path';
import { assertClosed } from '../core/closed-folder.ts';
import { planChanges, type Change } from './changes.ts';
import { packPristine, pristineFile, readPristine, samePristine, type Pristine } from './pristine.ts';
import type { Work } from './work.ts';
import { writeFiles } from './write-files.ts';
import { yoRcFile, yoRcText } from './yo-rc.ts';

/**
 * Compares the files of `work` with the folder and with the last run. Writes nothing. Throws a UsageError if a file would land
 * outside of the folder.
 */
export async function compare({ folder, workspace, files, born, steps, derived }: Work): Promise<Change[]> {
  if (workspace !== undefined && workspace !== folder)
    await assertClosed(workspace, [wayTo(folder, workspace)]);
  await assertClosed(folder, [...files.keys(), ...steps.flatMap(({ writes }) => writes)]);
  const before = await readPristine(folder);
  const changes = await planChanges(folder, files, new Map([...before].filter(([file]) => !born.has(file))));
  return changes.map((change) =>
    change.status === 'conflict' && derived.has(change.file) ? { ...change, status: 'derived' } : change,
  );
}

/** Writes the created and updated files, and the state that the next run reads: all of them, or none. */
export async function commitChanges({ folder, born, remembered }: Work, changes: Change[]): Promise<void> {
  const before = await readPristine(folder);
  const writable = changes.filter(({ status }) => status === 'create' || status === 'update');
  const contents = new Map<string, string | Buffer>(writable.map(({ file, written }) => [file, written]));
  const memory = new Map([[yoRcFile, await yoRcText(folder, remembered)]]);
  const [yoRc] = await planChanges(folder, memory, new Map());
  if (yoRc && yoRc.status !== 'identical') contents.set(yoRcFile, yoRc.written);
  const current = changes.filter(({ status }) => status !== 'leftover');
  const texts = current.map((change): [string, string] => [change.file, pristineText(change, before)]);
  const pristine = new Map([...born, ...texts]);
  if (!samePristine(pristine, before)) contents.set(pristineFile, packPristine(pristine));
  if (contents.size > 0) await writeFiles(folder, contents);
}

const wayTo = (folder: string, above: string) => path.relative(above, folder).split(path.sep).join('/');

/** Returns the generated text on which a file is based: that of this run, or of the earlier run if the owner kept the file. */
const pristineText = ({ file, text, status }: Change, before: Pristine) =>
  status === 'conflict' ? (before.get(file) ?? text) : text;
