import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Texts } from '../../generators/merge/plan.ts';
import type { Edit } from '../../test/generators/corpus/edits/edit.ts';
import { edits } from '../../test/generators/corpus/edits/edits.ts';
import { readFirstVersion } from '../../test/generators/corpus/first-version.ts';
import {
  edited,
  expectedFolder,
  nextVersions,
  readNext,
  type NextVersion,
} from '../../test/generators/corpus/versions.ts';

/** A file that both the owner and a command changed, in the service of version 0.2.0. */
export interface Merge {
  edit: Edit;
  version: NextVersion;
  file: string;
  base: string;
  next: string;
  disk: string;
  /** The merged text that was written by hand. Undefined where the owner has to decide. */
  expected: string | undefined;
  /** The corpus says that the owner has to decide. */
  isDeclared: boolean;
  /** All files of the owner. */
  owner: Texts;
}

/** Returns the texts of each file with changes of both sides. */
export async function readMerges(): Promise<Merge[]> {
  const base = await readFirstVersion();
  const merges: Merge[] = [];
  for (const version of nextVersions) {
    const next = await readNext(version, base);
    for (const edit of edits) {
      const owner = await edited(base, edit);
      for (const file of Object.keys(edit.files)) {
        const texts = { base: base.get(file), next: next.get(file), disk: owner.get(file) };
        if (!isChangedByBoth(texts)) continue;
        const isDeclared = edit.conflicts?.[version]?.includes(file) ?? false;
        const expected = await readExpected(edit, version, file);
        merges.push({ edit, version, file, ...texts, owner, isDeclared, expected });
      }
    }
  }
  return merges;
}

type Sides = Pick<Merge, 'base' | 'next' | 'disk'>;

const isChangedByBoth = (sides: Partial<Record<keyof Sides, string | undefined>>): sides is Sides =>
  Object.values(sides).every((text) => text !== undefined) &&
  sides.next !== sides.base &&
  sides.disk !== sides.base;

const readExpected = (edit: Edit, version: NextVersion, file: string): Promise<string | undefined> =>
  readFile(path.join(expectedFolder, edit.name, version, `${file}.txt`), 'utf8').catch(() => undefined);

export const hasConflict = (text: string): boolean => /^<{7} /m.test(text);
