import path from 'node:path';
import { shownFolder, shownPath } from '../core/shown-path.ts';
import type { Effect } from '../merge/plan.ts';
import { baseFileOf, baseFolder } from './base.ts';
import type { Change, Changes } from './changes.ts';
import { differenceOf } from './difference.ts';
import { spelledStep } from './steps.ts';
import type { Work } from './work.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';

/** How a run ended, for its report. */
export interface Ending {
  dryRun: boolean;
  /** Only whether a run would change a file. */
  check?: boolean;
  /** The run has written a file, at least one of its memory. */
  written?: boolean;
}

const changing = new Set<Effect>(['written', 'merged', 'conflict', 'removed']);

/** Reports whether a run changes, or would change, a file. */
export const isChanged = ({ effect, written }: Change) =>
  changing.has(effect) && (effect === 'removed' || written !== undefined);

/** Returns the files with conflicts: those of this run, and those of an earlier run that are still marked. */
export const conflictsIn = ({ files }: Changes): Change[] =>
  files.filter(({ effect }) => effect === 'conflict');

/** Returns 0 for a clean run, 1 for conflicts and for parts to register by hand, and 2 if a check found a file that a run would change. */
export function exitCodeOf(changes: Changes, { check }: Ending): number {
  if (check && changes.files.some(isChanged)) return 2;
  return conflictsIn(changes).length + changes.unregistered.length > 0 ? 1 : 0;
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const reason = ({ why, from }: Change): string => {
  if (why === undefined) return '';
  return why === 'moved' ? ` (moved from ${from})` : ` (${why})`;
};

const row = (change: Change) =>
  `  ${change.effect.padEnd('conflict'.length)}  ${change.file}${reason(change)}`;

/** Returns the report of a run. The steps of a run with conflicts have not run. */
export function reportLines(work: Work, changes: Changes, { dryRun, check, written }: Ending): string[] {
  if (check) return [...checkLines(work, changes), ...unregisteredLines(changes)];
  const lines = dryRun ? planLines(work, changes) : closingLines(work, changes, written === true);
  return [
    ...lines,
    ...renameLines(changes),
    ...leftImportLines(changes),
    ...unregisteredLines(changes),
    ...conflictLines(work, changes, dryRun),
  ];
}

function planLines({ folder, versionBefore, notes, steps }: Work, changes: Changes): string[] {
  // a new folder has no differences to review
  const isNew = versionBefore === undefined && changes.files.every(({ present }) => present === undefined);
  const differences = isNew ? [] : changes.files.flatMap((change) => differenceOf(change) ?? []);
  return [
    `Would write to ${shownFolder(folder)}:`,
    ...changes.files.map(row),
    ...differences,
    ...notes,
    ...steps.map((step) => `Would run ${spelledStep(step)}`),
    'Nothing was written.',
  ];
}

/** One line per file that a run would change. */
function checkLines({ folder, versionBefore, remembered }: Work, { files }: Changes): string[] {
  const noted = files.filter((change) => isChanged(change) || change.effect === 'conflict');
  const shown = shownFolder(folder);
  if (noted.length === 0) return [`${shown} is up to date.`];
  const from = versionBefore === remembered.version ? '' : ` from ${versionBefore} to ${remembered.version}`;
  return [`An update${from} would change ${plural(noted.length, 'file')} in ${shown}:`, ...noted.map(row)];
}

function closingLines(work: Work, changes: Changes, written: boolean): string[] {
  const { folder, versionBefore, notes, next } = work;
  const changed = changes.files.filter(isChanged).length;
  const hasConflicts = conflictsIn(changes).length > 0;
  const isNew = versionBefore === undefined && !hasConflicts;
  const ended = isNew
    ? [`Wrote ${shownFolder(folder)}: ${plural(changed, 'file')}.`]
    : againLines(folder, changes, { changed, written });
  if (next.length === 0 || hasConflicts) return [...ended, ...notes];
  return [...ended, ...notes, '', 'Next:', ...indented(commandsIn(folder, next))];
}

/** Returns commands for the folder as an owner types them in the current one. */
function commandsIn(folder: string, commands: string[]): string[] {
  const shown = shownPath(folder);
  return commands.length === 0 || shown === '.' ? commands : [`cd ${shown}`, ...commands];
}

const indented = (lines: string[]) => lines.map((line) => `  ${line}`);

const memoryOnly = `only ${yoRcFile} and ${baseFolder}/ were written`;

/** Kept files are only counted: they are most files of an old service. */
function againLines(
  folder: string,
  { files }: Changes,
  { changed, written }: { changed: number; written: boolean },
): string[] {
  const noted = files.filter(({ effect }) => effect !== 'kept');
  if (noted.length === 0)
    return [`${shownFolder(folder)} is up to date; ${written ? memoryOnly : 'nothing was written'}.`];
  const unchanged = written ? 'Only the memory of the generator was written' : 'Nothing was written';
  const title = changed === 0 ? unchanged : `Changed ${plural(changed, 'file')}`;
  const kept = files.length - noted.length;
  return [
    `${title} in ${shownFolder(folder)}:`,
    ...noted.map(row),
    ...(kept === 0 ? [] : [`  kept      ${plural(kept, 'file')}`]),
  ];
}

const renameLines = ({ renames }: Changes): string[] =>
  renames.map(
    ({ from, to }) =>
      `${to} looks like ${from}. If you renamed it, add the changes in ${baseFileOf(from)} by hand.`,
  );

/** The owner changed the file of a removed part, so it stays; its imports of removed files break the compilation. */
function leftImportLines({ files }: Changes): string[] {
  const removed = new Set(files.filter(({ effect }) => effect === 'removed').map(({ file }) => file));
  const broken = files.filter(
    ({ file, why, present = '' }) =>
      why === 'yours now' &&
      [...present.matchAll(/\bfrom ['"](\.[^'"]*)['"]/g)].some(([, module = '']) =>
        removed.has(path.posix.join(path.posix.dirname(file), module)),
      ),
  );
  if (broken.length === 0) return [];
  const names = broken.map(({ file }) => file).join(', ');
  return [
    `These files of yours import removed files, so the code does not compile: ${names}. Change or delete them.`,
  ];
}

/** The owner's file has another form than the generated one, or is gone: the generator cannot know the place of the lines. */
const unregisteredLines = ({ unregistered }: Changes): string[] =>
  unregistered.flatMap(({ file, lines, isGone }) => [
    '',
    isGone
      ? `Not registered, since ${file} is gone. Add these lines to the file that replaces it:`
      : `Not registered. Add these lines to ${file}:`,
    ...indented(lines.flatMap((line) => line.split('\n'))),
  ]);

const ofEarlierRun = 'marked by an earlier run; resolve it, then run the command again';

function conflictLines(work: Work, changes: Changes, dryRun: boolean): string[] {
  const conflicts = conflictsIn(changes);
  if (conflicts.length === 0) return [];
  const shown = shownFolder(work.folder);
  const then = dryRun ? [] : commandsAfter(work);
  return [
    '',
    dryRun ? `Conflicts that a run would leave in ${shown}:` : `Conflicts to resolve in ${shown}:`,
    ...conflicts.map(({ file, conflicts: count }) =>
      count === undefined ? `  ${file} (${ofEarlierRun})` : `  ${file} (${count})`,
    ),
    'Search each file for <<<<<<<, and keep the lines that you want.',
    ...(then.length === 0 ? [] : ['Then run:', ...indented(then)]),
  ];
}

/** Returns the commands to run once the conflicts are resolved: the steps, which have not run, and the next ones. */
const commandsAfter = ({ folder, steps, next }: Work): string[] =>
  commandsIn(folder, [...steps.map(spelledStep), ...next]);

/** Returns the result of a run for a program: every file with its effect, in the order of the paths. */
export function resultOf(work: Work, changes: Changes, { dryRun, written = false }: Ending): object {
  const conflicts = conflictsIn(changes);
  return {
    folder: work.folder,
    written,
    files: changes.files.map((change) => ({
      file: change.file,
      effect: change.effect,
      why: change.why,
      from: change.from,
      conflicts: change.conflicts,
      difference: dryRun ? differenceOf(change) : undefined,
    })),
    conflicts: conflicts.map(({ file }) => file),
    renames: changes.renames,
    unregistered: changes.unregistered.map(({ file, lines }) => ({ file, lines })),
    notes: work.notes,
    steps: dryRun || conflicts.length > 0 ? [] : work.steps.map(spelledStep),
    next: conflicts.length > 0 ? commandsAfter(work) : commandsIn(work.folder, work.next),
  };
}
