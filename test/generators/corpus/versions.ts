import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Base } from '../../../generators/output/base.ts';
import { replaced, type Change, type Edit } from './edits/edit.ts';
import { firstVersion } from './first-version.ts';

const ending = '.txt';
/** The expected files: the name of the edit, the command, the path. */
export const expectedFolder = path.join(firstVersion, 'expected');
const nextFolder = path.join(firstVersion, 'next');

/** The commands whose result is committed: `newer` is an update to later templates. */
export const nextVersions = [
  ...['resource', 'field', 'event', 'handler', 'handler-new', 'copy'],
  ...['remove', 'remove-event', 'remove-consumer', 'newer'],
] as const;
export type NextVersion = (typeof nextVersions)[number];

/** The files that disappear with the removed part. */
const removed: Partial<Record<NextVersion, RegExp>> = {
  remove: /^(src|test)\/.*customer/,
  'remove-event': /^test\/order-shipped/,
  'remove-consumer': /^(src|test)\/.*payment-/,
};

/** Returns the texts of a folder of text files, by path. */
export async function textsIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.toSorted().map(async (file): Promise<[string, string]> => {
        const name = path.relative(folder, file).split(path.sep).join('/');
        return [name.slice(0, -ending.length), await readFile(file, 'utf8')];
      }),
    ),
  );
}

/** Returns the generated texts after a command on the service of version 0.2.0; the contracts and new files are left out. */
export async function readNext(command: NextVersion, base: Base): Promise<Base> {
  const gone = removed[command];
  const kept = [...base].filter(([file]) => gone?.test(file) !== true);
  return new Map([...kept, ...(await textsIn(path.join(nextFolder, command)))]);
}

/** Returns the files in which the owner has made `edit`. `on` replaces the changes of single files. */
export async function edited(
  texts: Base,
  { name, files }: Edit,
  on: Record<string, Change> = {},
): Promise<Map<string, string>> {
  const result = new Map(texts);
  for (const [file, change] of Object.entries(files)) {
    const text = await apply(on[file] ?? change, { texts, file, name });
    if (text === undefined) result.delete(file);
    else result.set(file, text);
  }
  return result;
}

async function apply(
  change: Change,
  { texts, file, name }: { texts: Base; file: string; name: string },
): Promise<string | undefined> {
  if (change === undefined) return undefined;
  if ('text' in change) return change.text;
  const moved = 'from' in change;
  const before = texts.get(moved ? change.from : file);
  if (before === undefined) return undefined;
  if (typeof change === 'function') return change(before);
  return replaced(before, moved ? change.change : change, `${name}: ${file}`);
}

/** Reduces texts to the files of an edit: all others are as generated. */
export const onlyOf =
  ({ files }: Edit) =>
  (texts: Base): Base =>
    new Map([...texts].filter(([file]) => file in files));
