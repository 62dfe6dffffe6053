import { shownFolder, shownPath } from '../../core/shown-path.ts';
import { baseFolder } from '../../output/base.ts';
import type { Repair } from './repair.ts';

const unresolvedIn = ({ marked }: Repair): string[] =>
  marked.filter(({ text }) => text === undefined).map(({ file }) => file);

/** Returns 0 if the repair resolved all conflicts, else 1. */
export const repairCode = (repair: Repair): number => (unresolvedIn(repair).length > 0 ? 1 : 0);

const isOfBase = (file: string) => file.startsWith(`${baseFolder}/`);

/** Returns the commands that finish the merge. */
function nextCommands({ folder, contents, removed }: Repair): string[] {
  const shown = shownPath(folder);
  const changed = contents.size + removed.length > 0;
  return [
    ...(shown === '.' ? [] : [`cd ${shown}`]),
    // An update is refused for merged files that git does not have.
    ...(changed ? ['git add --all', 'git commit'] : []),
    'npm init microservice update',
    'npm run contracts',
    'npm test',
  ];
}

/** Returns the report of a repair. */
export function repairLines(repair: Repair, { dryRun }: { dryRun: boolean }): string[] {
  const { folder, contents, removed, notes } = repair;
  const conflicts = unresolvedIn(repair);
  const merged = [...contents.keys()].filter((file) => !isOfBase(file)).toSorted();
  const bases = [...contents.keys()].filter(isOfBase).length + removed.length;
  const rows = [
    ...merged.map((file) => `  merged    ${file}`),
    ...(bases === 0 ? [] : [`  merged    ${bases} ${bases === 1 ? 'file' : 'files'} below ${baseFolder}/`]),
    ...conflicts.map((file) => `  conflict  ${file}`),
  ];
  const shown = shownFolder(folder);
  if (rows.length === 0) return [`${shown} is as both branches left it; nothing was written.`, ...notes];
  return [
    dryRun ? `Would repair ${shown}:` : `Repaired ${shown}:`,
    ...rows,
    ...notes,
    ...(dryRun ? ['Nothing was written.'] : closing(repair, conflicts)),
  ];
}

const closing = (repair: Repair, conflicts: string[]): string[] => [
  '',
  ...(conflicts.length === 0
    ? []
    : ['Search each file with a conflict for <<<<<<<, and keep the lines that you want.']),
  'Next:',
  ...nextCommands(repair).map((line) => `  ${line}`),
];

/** Returns the result of a repair for a program. */
export function repairResult(repair: Repair, { dryRun }: { dryRun: boolean }): object {
  const { folder, contents, removed, notes } = repair;
  const conflicts = unresolvedIn(repair);
  return {
    folder,
    written: !dryRun && contents.size + removed.length > 0,
    files: [
      ...[...contents.keys()].map((file) => ({ file, effect: 'merged' })),
      ...removed.map((file) => ({ file, effect: 'removed' })),
      ...conflicts.map((file) => ({ file, effect: 'conflict' })),
    ],
    conflicts,
    notes,
    next: nextCommands(repair),
  };
}
