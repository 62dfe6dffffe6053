import { UsageError } from '../../core/usage-error.ts';
import { command } from '../../core/version.ts';
import type { Sides } from '../../merge/text/sides.ts';
import { yoRcFile } from '../../core/yo-rc-file.ts';
import { parseYoRc, rememberedIn, textOfYoRc } from '../../output/yo-rc.ts';
import { fromStored } from '../stored/stored-answers.ts';
import { checkAnswers, checkTables } from '../stored/stored-rules.ts';
import { mergeValues } from './merge-values.ts';
import { withWholeResources } from './parts-of-resources.ts';

/** The text of `.yo-rc.json` with the answers of both branches, and a note for each answer that both changed. */
export interface MergedMemory {
  text: string;
  notes: string[];
}

/**
 * Merges the texts of `.yo-rc.json` of two branches. `present`, the file in the folder, counts too if it is JSON: the owner may have
 * resolved the conflicts. Throws a UsageError if a text is not as the generator writes it.
 */
export function mergeMemory({ base, next, disk }: Sides<string | undefined>, present: string): MergedMemory {
  const valueOf = (text: string | undefined) => (text === undefined ? {} : parseYoRc(text, yoRcFile));
  const notes: string[] = [];
  const disagree = (path: string, ours: unknown, theirs: unknown) =>
    notes.push(
      `Both branches changed ${path.replace(`${command}.`, '')}; ${yoRcFile} keeps ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}.`,
    );
  const before = valueOf(base);
  const both = mergeValues({ base: before, next: valueOf(next), disk: valueOf(disk) }, '', disagree);
  const owners = parsed(present);
  const all = owners ? mergeValues({ base: before, next: both, disk: owners }, '', () => undefined) : both;
  return { text: checkedText(all as Record<string, unknown>, [disk, next].map(valueOf), notes), notes };
}

const parsed = (text: string): Record<string, unknown> | undefined => {
  try {
    return parseYoRc(text, yoRcFile);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
};

function checkedText(
  all: Record<string, unknown>,
  branches: Record<string, unknown>[],
  notes: string[],
): string {
  const remembered = rememberedIn(all, yoRcFile);
  if (remembered?.generator !== 'service')
    throw new UsageError(`${yoRcFile} of the merged branches is not that of a service; nothing was written`);
  const known = branches.map((branch) => rememberedIn(branch, yoRcFile)?.answers ?? {});
  for (const answers of known) checkAnswers(answers);
  const answers = { ...withWholeResources(remembered.answers, known, (line) => notes.push(line)) };
  fromStored(answers, yoRcFile);
  if (remembered.tables) checkTables(remembered.tables, yoRcFile);
  return textOfYoRc(all, { ...remembered, answers }, yoRcFile);
}
