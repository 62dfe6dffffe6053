import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toLf, withLineEndsOf } from '../core/line-ends.ts';
import type { Pending } from '../merge/plan.ts';
import { baseFileOf } from './base.ts';
import type { Change, Changes } from './changes.ts';
import type { Work } from './work.ts';
import { writeFiles } from '../writing/write-files.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';
import { type Remembered, yoRcText } from './yo-rc.ts';

/**
 * Writes the changed files, and the state that the next run reads: all of them, or none. Resolves to whether it wrote any. The order makes a killed run repeatable: as
 * long as the base of a file is the earlier one, the next run merges the file again, which changes nothing in a merged file.
 */
export async function commitChanges({ folder, remembered }: Work, changes: Changes): Promise<boolean> {
  const contents = new Map<string, string>();
  for (const { file, written } of changes.files.toSorted(conflictsLast))
    if (written !== undefined) contents.set(file, written);
  for (const [file, text] of changes.base)
    if (changes.before.get(file) !== text) contents.set(baseFileOf(file), text);
  const yoRc = await yoRcContent(folder, await yoRcText(folder, withPending(remembered, changes.pending)));
  if (yoRc !== undefined) contents.set(yoRcFile, yoRc);
  const removed = [...removedIn(changes)];
  const isChanged = contents.size > 0 || removed.length > 0;
  if (isChanged) await writeFiles(folder, contents, removed);
  return isChanged;
}

/** A later run checks the registrations that this one could not make. */
const withPending = (remembered: Remembered, pending: Pending): Remembered => ({
  ...remembered,
  unregistered: Object.keys(pending).length > 0 ? pending : undefined,
});

/** A later run does not merge a file with markers, so the time between such a file and its base is the shortest. */
const conflictsLast = (one: Change, other: Change) =>
  Number(one.effect === 'conflict') - Number(other.effect === 'conflict');

function* removedIn({ files, before, base }: Changes): Generator<string> {
  for (const { file, from, effect, present } of files) {
    if (effect === 'removed' && present !== undefined) yield file;
    if (from !== undefined) yield from;
  }
  for (const file of before.keys()) if (!base.has(file)) yield baseFileOf(file);
}

/** Returns the text to write, with the line ends of the present file; undefined if the file has this text. */
async function yoRcContent(folder: string, text: string): Promise<string | undefined> {
  const present = await readFile(path.join(folder, yoRcFile), 'utf8').catch(() => undefined);
  if (present === undefined) return text;
  return toLf(present) === text ? undefined : withLineEndsOf(present, text);
}
