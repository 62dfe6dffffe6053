import { rm } from 'node:fs/promises';
import { temporaryFolder } from '../scripts/support/temporary-folder.ts';
import { removeFolders } from '../test/generators/support/command.ts';
import { printTable } from './figures.ts';
import { copierVersion, updateWithCopier } from './merging/copier.ts';
import { mergeWithGit } from './merging/git.ts';
import { hasConflict, readMerges, type Merge } from './merging/merges.ts';
import { mergeWithOurs } from './merging/ours.ts';

/**
 * Merges the owners' edits of test/generators/corpus with the files of each command in three ways: create-microservice,
 * `git merge-file --diff3` and `copier update`. Prints the conflicts, and the merged files that differ from the expected file:
 * `npx tsx bench/merging.ts [--rounds <n>] [--list]`. Copier merges edits of different files in one round; a round has one `copier update`
 * per command, and `--rounds 0` leaves Copier out. `--list` prints each file. Needs git, and python3 with venv for Copier.
 */
const option = process.argv.indexOf('--rounds');
const rounds = option < 0 ? Infinity : Number(process.argv[option + 1]);
const isList = process.argv.includes('--list');

type Row = [title: string, texts: readonly string[]];

/** Prints a row per tool, whose texts are in the order of `merges`. */
function print(merges: readonly Merge[], tools: readonly Row[]): void {
  const edits = new Set(merges.map(({ edit }) => edit.name)).size;
  console.log(`${edits} edits, ${merges.length} files that owner and generator changed:\n`);
  const header = ['', 'files with conflicts', 'edits with conflicts', 'needless', 'other than expected'];
  printTable(
    header,
    tools.map(([title, texts]) => [title, ...figuresOf(merges, texts).map(String)]),
  );
  console.log('');
}

function figuresOf(merges: readonly Merge[], texts: readonly string[]): number[] {
  const conflicts = merges.filter((_, index) => hasConflict(texts[index] ?? ''));
  const others = merges.filter((merge, index) => isOther(merge, texts[index] ?? ''));
  return [
    conflicts.length,
    new Set(conflicts.map(({ edit }) => edit.name)).size,
    conflicts.filter(({ isDeclared }) => !isDeclared).length,
    others.length,
  ];
}

const isOther = ({ expected }: Merge, text: string) =>
  !hasConflict(text) && expected !== undefined && text !== expected;

function list(merges: readonly Merge[], [title, texts]: Row): void {
  for (const [index, merge] of merges.entries()) {
    const text = texts[index] ?? '';
    const place = `${merge.edit.name} ${merge.version} ${merge.file}`;
    if (hasConflict(text)) console.log(`${title}: conflict${merge.isDeclared ? '' : ', needless'}: ${place}`);
    if (isOther(merge, text)) console.log(`${title}: other than expected: ${place}`);
  }
}

const folder = await temporaryFolder('merging');
try {
  const merges = await readMerges();
  const tools: Row[] = [
    ['create-microservice', await mergeWithOurs(merges)],
    ['git merge-file --diff3', await mergeWithGit(folder, merges)],
  ];
  if (isList) for (const row of tools) list(merges, row);
  print(merges, tools);
  if (rounds > 0) {
    const texts = await updateWithCopier(folder, merges, rounds);
    const updated = merges.filter((merge) => texts.has(merge));
    const copier: Row = [`copier update ${copierVersion}`, updated.map((merge) => texts.get(merge) ?? '')];
    if (isList) list(updated, copier);
    const same = tools.map(([title, all]): Row => [
      title,
      all.filter((_, index) => texts.has(merges[index]!)),
    ]);
    print(updated, [...same, copier]);
  }
} finally {
  await removeFolders();
  await rm(folder, { recursive: true, force: true });
}
