import { toLf, withLineEndsOf } from '../../core/line-ends.ts';
import { mergeText, type Format } from '../../merge/merge-text.ts';
import { hasGitMarkers, sidesOfConflicts } from '../../merge/text/git-markers.ts';
import { mergeLines, withOwnersLines } from '../../merge/text/markers.ts';
import type { Sides } from '../../merge/text/sides.ts';
import type { Base } from '../../output/base.ts';
import { unionsIn } from '../unions.ts';

/** A file in which git has marked conflicts: its merged text; undefined where the engine finds a conflict too. */
export interface Marked {
  file: string;
  present: string;
  text: string | undefined;
}

const labels = { before: '', now: '' };

/** The texts that both branches know of the owner's files. */
export interface Known {
  /** The files at the common ancestor. */
  ancestors: ReadonlyMap<string, string>;
  /** The generated texts of both branches, and the merged ones. */
  generated: Pick<Sides<Base>, 'disk' | 'next'> & { merged: Base };
}

/**
 * Merges those of the owner's files in which git has marked conflicts. Lines outside of the conflicts stay, also those that the owner
 * has changed since. A file that both branches left as generated gets the merged base, and its final text by the next update.
 */
export const mergeMarked = (
  texts: ReadonlyMap<string, string>,
  known: Known,
  format: Format | undefined,
): Promise<Marked[]> =>
  Promise.all(
    [...texts]
      .filter(([, text]) => hasGitMarkers(text))
      .map(async ([file, present]) => {
        const text = await mergedText(file, toLf(present), known, format);
        return { file, present, text: text === undefined ? undefined : withLineEndsOf(present, text) };
      }),
  );

async function mergedText(
  file: string,
  present: string,
  { ancestors, generated }: Known,
  format: Format | undefined,
): Promise<string | undefined> {
  const sides = sidesOfConflicts(present);
  if (!sides) return undefined;
  const { text, conflicts } = await mergeText(
    { base: ancestors.get(file), disk: sides.ours, next: sides.theirs },
    { labels: { ...labels, file }, lists: unionsIn(file), format },
  );
  if (conflicts === 0) return text;
  return isAsGenerated(file, sides.ours, { ancestors, generated }) ? generated.merged.get(file) : undefined;
}

/** Reports whether git has merged two generated texts, and the owner has changed nothing since. */
function isAsGenerated(file: string, ours: string, { ancestors, generated }: Known): boolean {
  const [base, disk, next] = [ancestors, generated.disk, generated.next].map((texts) => texts.get(file));
  if (base === undefined || disk === undefined || next === undefined) return false;
  return withOwnersLines(mergeLines({ base, disk, next }, { ...labels, file }).text) === ours;
}
