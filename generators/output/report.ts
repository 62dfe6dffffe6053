import type { Change, Status } from './changes.ts';
import { shownFolder } from '../core/shown-path.ts';
import type { Work } from './work.ts';

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const words: Record<Status, string> = {
  create: 'create',
  identical: 'identical',
  update: 'update',
  kept: 'changed by hand, kept',
  deleted: 'deleted by hand, not written',
  conflict: 'changed by hand',
  derived: 'written from the code, kept',
  leftover: 'no longer generated',
};

/** A run does not report these: otherwise it would list most files of an old service each time. */
const untouched = new Set<Status>(['identical', 'kept', 'deleted']);

const row = ({ file, status }: Change, width: number) => `  ${words[status].padEnd(width)}  ${file}`;

const rows = (changes: Change[]): string[] => {
  const width = Math.max(...changes.map(({ status }) => words[status].length));
  return changes.map((change) => row(change, width));
};

/** Returns the report of a dry run. */
export function planLines({ folder, notes, steps }: Work, changes: Change[]): string[] {
  return [
    `Would write to ${shownFolder(folder)}:`,
    ...rows(changes),
    ...notes,
    ...steps.map(({ program, args }) => `Would run ${[program, ...args].join(' ')}`),
    'Nothing was written.',
  ];
}

/** Returns the report of a run, and the next steps. */
export function closingLines({ folder, again, notes, next }: Work, changes: Change[]): string[] {
  const written = changes.filter(({ status }) => status === 'create' || status === 'update');
  const ended = again
    ? againLines(folder, changes, written.length)
    : [`Wrote ${shownFolder(folder)}: ${plural(written.length, 'file')}.`];
  if (next.length === 0) return [...ended, ...notes];
  return [...ended, ...notes, '', 'Next:', ...next.map((line) => `  ${line}`)];
}

function againLines(folder: string, changes: Change[], written: number): string[] {
  const noted = changes.filter(({ status }) => !untouched.has(status));
  if (noted.length === 0) return [`${shownFolder(folder)} is up to date; nothing was written.`];
  const hint = changes.some(({ status }) => status === 'leftover')
    ? ['Files that are no longer generated were kept; delete the ones that you do not need.']
    : [];
  const kept = changes.filter(({ status }) => status === 'conflict').map(({ file }) => file);
  const missing = kept.length === 0 ? [] : [keptNote(kept)];
  const title = written === 0 ? 'Nothing was written' : `Wrote ${plural(written, 'file')}`;
  return [`${title} in ${shownFolder(folder)}:`, ...rows(noted), ...hint, ...missing];
}

const keptNote = (kept: string[]) =>
  `You kept your text of ${kept.join(', ')}, but the other files expect the generated text. Add its changes by hand; the next run shows them again.`;
