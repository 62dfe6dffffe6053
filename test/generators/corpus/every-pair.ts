import { readYoRc } from '../../../generators/output/yo-rc.ts';
import type { Base } from '../../../generators/output/base.ts';
import type { MergeResult, Texts } from '../../../generators/merge/plan.ts';
import { calls, type Call } from './calls.ts';
import type { Edit } from './edits/edit.ts';
import { edits } from './edits/edits.ts';
import { firstVersion, readFirstVersion } from './first-version.ts';
import { mergeService } from './outcomes.ts';
import { ownerFormat } from './owner-format.ts';
import { generate, type Memory } from './service-in-memory.ts';
import { edited, onlyOf } from './versions.ts';

/** One command in one edited service: the three texts of each file that the owner touched, and the outcome of the merge. */
export interface Pair {
  edit: Edit;
  name: string;
  call: Call;
  sides: { base: Base; next: Base; disk: Base };
  result: MergeResult;
  /** All files that the command generates, and all files of the owner. */
  all: { next: Base; disk: Base };
}

/** Runs every command in every edited service, in memory. A service is rendered once for the same command and migrations. */
export async function* everyPair(): AsyncGenerator<Pair> {
  const base = await readFirstVersion();
  const remembered = (await readYoRc(firstVersion)) as Memory;
  const rendered = new Map<string, Promise<Base>>();
  const render = (name: string, call: Call, disk: Texts): Promise<Base> => {
    const key = [name, ...[...disk.keys()].filter((file) => file.startsWith('migrations/'))].join();
    const known =
      rendered.get(key) ?? generate(call, { remembered, base, present: disk }).then(({ files }) => files);
    rendered.set(key, known);
    return known;
  };
  for (const edit of edits) {
    const disk = await edited(base, edit);
    const [format, only] = [await ownerFormat(disk), onlyOf(edit)];
    for (const [name, call] of Object.entries(calls)) {
      const next = await render(name, call, disk);
      const sides = { base: only(base), next: only(next), disk: only(disk) };
      const result = await mergeService(sides, format);
      yield { edit, name, call, sides, result, all: { next, disk } };
    }
  }
}
