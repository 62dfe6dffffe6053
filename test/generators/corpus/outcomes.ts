import { mergeFiles } from '../../../generators/merge/merge-files.ts';
import type { MergeResult, Outcome, Texts } from '../../../generators/merge/plan.ts';
import type { Format } from '../../../generators/merge/merge-text.ts';
import { registrationsIn, unionsIn } from '../../../generators/service/unions.ts';
import type { Call } from './calls.ts';
import type { Edit } from './edits/edit.ts';

interface Sides {
  base: Texts;
  next: Texts;
  disk: Texts;
}

/** Merges the files of a service. */
export const mergeService = (sides: Sides, format?: Format): Promise<MergeResult> =>
  mergeFiles({
    ...sides,
    lists: unionsIn,
    registrations: registrationsIn,
    versions: { before: '0.2.0', now: '0.3.0' },
    ...(format && { format }),
  });

/** The faults of one command in one edited service, each as the file and the words that show it. */
export interface Faults {
  lost: string[];
  unregistered: string[];
  conflicts: string[];
}

/** Compares the outcomes of a merge with the promises: nothing of the owner is lost, each part is registered, no needless conflict. */
export function faultsIn(
  { outcomes, unregistered }: Pick<MergeResult, 'outcomes' | 'unregistered'>,
  { edit, call, name, ...sides }: Sides & { edit: Edit; call: Call; name: string },
): Faults {
  const byFile = new Map(outcomes.map((outcome) => [outcome.file, outcome]));
  const textOf = (file: string) => resultOf(byFile.get(file), sides.disk.get(file));
  const conflicts = outcomes.filter(({ effect }) => effect === 'conflict').map(({ file }) => file);
  const reported = [...conflicts, ...unregistered.map(({ file }) => file)];
  const declared = [...(edit.conflicts?.[name] ?? []), ...(edit.conflicts?.['*'] ?? [])];
  return {
    lost: Object.keys(edit.files).flatMap((file) =>
      byFile.get(file)?.effect === 'conflict'
        ? []
        : lostIn(file, textOf(file), { ...sides, renames: edit.renames }),
    ),
    unregistered: (call.registers ?? [])
      .filter(({ file }) => sides.disk.has(file) && !reported.includes(file))
      .filter(({ file, text, before }) => !isRegistered(textOf(file) ?? '', text, before))
      .map(({ file, text }) => `${file}: ${text}`),
    conflicts: conflicts.filter((file) => !declared.includes(file)),
  };
}

const resultOf = (outcome: Outcome | undefined, present: string | undefined) =>
  outcome?.effect === 'removed' ? undefined : (outcome?.text ?? present);

function isRegistered(text: string, registration: string, before = ''): boolean {
  const inArray = registration.replace(/^\.{3}(\w+)$/, '...Object.values($1)');
  const place = Math.max(text.indexOf(registration), text.indexOf(inArray));
  return place >= 0 && text.indexOf(before, place) >= 0;
}

/** Counts each word: a merge adds the difference of base and newer text to the owner's words. The compiler checks the imports. */
function lostIn(
  file: string,
  result: string | undefined,
  { base, next, disk, renames = {} }: Sides & Pick<Edit, 'renames'>,
): string[] {
  const owners = disk.get(file);
  if (owners === undefined) return result === undefined ? [] : [`${file} is back`];
  if (result === undefined) return [`${file} is gone`];
  const renamed = (text = '') =>
    Object.entries(renames).reduce(
      (all, [from, to]) => all.replaceAll(new RegExp(`(?<![\\w$])${from}(?![\\w$])`, 'g'), to),
      text,
    );
  const [before, after, mine, merged] = [
    renamed(base.get(file)),
    renamed(next.get(file)),
    owners,
    result,
  ].map(wordsOf);
  const lost: string[] = [];
  for (const word of new Set([...(before?.keys() ?? []), ...(mine?.keys() ?? [])])) {
    const count = (words: Map<string, number> | undefined) => words?.get(word) ?? 0;
    const [old, newer, own, found] = [before, after, mine, merged].map(count) as [
      number,
      number,
      number,
      number,
    ];
    const isAddedAndLost = own > old && found < own - Math.max(0, old - newer);
    const isRemovedAndBack = own < old && found > own + Math.max(0, newer - old);
    if (isAddedAndLost || isRemovedAndBack) lost.push(`${file}: ${word} ${old} -> ${own}, but ${found}`);
  }
  return [...lost, ...lostSurface(file, owners, result)];
}

/** Line ends and the byte order mark. */
function lostSurface(file: string, owners: string, result: string): string[] {
  const surface = (text: string) =>
    [text.startsWith('\uFEFF'), text.includes('\r\n'), /(?<!\r)\n/.test(text)].join();
  return surface(owners) === surface(result) ? [] : [`${file}: line ends or byte order mark`];
}

function wordsOf(text: string): Map<string, number> {
  const words = new Map<string, number>();
  const code = text.replaceAll(/^import\b[^'"]*['"][^'"]*['"]/gm, '');
  for (const [word] of code.matchAll(/[\w$]+/g)) words.set(word, (words.get(word) ?? 0) + 1);
  return words;
}
