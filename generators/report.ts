import path from 'node:path';
import type { Change, Status } from './changes.ts';
import type { Work } from './work.ts';

const shownFolder = (folder: string) => path.relative(process.cwd(), folder) || '.';
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const words: Record<Status, string> = {
  create: 'create',
  identical: 'identical',
  update: 'update',
  conflict: 'changed by hand',
};

/** What a dry run says. */
export function planLines({ folder, steps }: Work, changes: Change[]): string[] {
  const width = Math.max(...changes.map(({ status }) => words[status].length));
  return [
    `Would write to ${shownFolder(folder)}:`,
    ...changes.map(({ file, status }) => `  ${words[status].padEnd(width)}  ${file}`),
    ...steps.map(({ program, args }) => `Would run ${[program, ...args].join(' ')}`),
    'Nothing was written.',
  ];
}

/** What was done, and what to do next. */
export function closingLines({ folder, again, next }: Work, changes: Change[]): string[] {
  const written = changes.filter(({ status }) => status === 'create' || status === 'update');
  const kept = changes.filter(({ status }) => status === 'conflict');
  if (again) return [...againLines(folder, written), ...kept.map(({ file }) => `  kept  ${file}`)];
  return [
    `Wrote ${shownFolder(folder)}: ${plural(written.length, 'file')}.`,
    '',
    'Next:',
    ...next.map((line) => `  ${line}`),
  ];
}

function againLines(folder: string, written: Change[]): string[] {
  if (written.length === 0) return [`${shownFolder(folder)} is up to date: nothing was written.`];
  return [
    `Wrote ${plural(written.length, 'file')} in ${shownFolder(folder)}:`,
    ...written.map(({ file, status }) => `  ${words[status]}  ${file}`),
  ];
}
