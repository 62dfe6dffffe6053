import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Outcome, Texts } from '../../../generators/merge/plan.ts';
import type { Base } from '../../../generators/output/base.ts';
import { removeFolders } from '../support/command.ts';
import { edits } from './edits/edits.ts';
import type { Edit } from './edits/edit.ts';
import { readFirstVersion } from './first-version.ts';
import { mergeService } from './outcomes.ts';
import { ownerFormat } from './owner-format.ts';
import { edited, expectedFolder, nextVersions, onlyOf, readNext, type NextVersion } from './versions.ts';

/** An expected file was written by hand: the owner's edit in the newer text. It does not depend on the merge. */
describe('the merge of an edit with newer texts has the committed result:', function () {
  this.timeout(60_000);
  let base: Base;
  let versions: (readonly [NextVersion, Base])[];
  before(async () => {
    base = await readFirstVersion();
    versions = await Promise.all(
      nextVersions.map(async (version) => [version, await readNext(version, base)] as const),
    );
  });
  after(removeFolders);

  for (const edit of edits) {
    it(edit.name, async () => {
      const disk = await edited(base, edit);
      const format = await ownerFormat(disk);
      const only = onlyOf(edit);
      for (const [version, next] of versions) {
        const sides = { base: only(base), next: only(next), disk: only(disk) };
        const { outcomes } = await mergeService(sides, format);
        for (const outcome of outcomes) await assertExpected(outcome, { edit, version, base, next, disk });
      }
    });
  }
});

interface Case {
  edit: Edit;
  version: NextVersion;
  base: Texts;
  next: Texts;
  disk: Texts;
}

async function assertExpected(outcome: Outcome, { edit, version, base, next, disk }: Case): Promise<void> {
  const { file, effect, text = disk.get(file) } = outcome;
  const title = `${edit.name}, ${version}, ${file}: ${effect}\n${text ?? ''}`;
  if (next.get(file) === base.get(file)) return assert.equal(effect, 'kept', title);
  if (!next.has(file) || !disk.has(file)) return assert.equal(effect, 'left', title);
  if (edit.conflicts?.[version]?.includes(file) && effect === 'conflict') return undefined;
  const expected = path.join(expectedFolder, edit.name, version, `${file}.txt`);
  assert.ok(existsSync(expected), `${expected} is missing: ${title}`);
  return assert.equal(text, await readFile(expected, 'utf8'), title);
}
