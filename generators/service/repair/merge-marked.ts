import { toLf, withLineEndsOf } from '../../core/line-ends.ts';
import { mergeText, type Format } from '../../merge/merge-text.ts';
import { hasGitMarkers, sidesOfConflicts } from '../../merge/text/git-markers.ts';
import { onEachSide, type Sides } from '../../merge/text/sides.ts';
import { bare } from '../../merge/text/surface.ts';
import type { Base } from '../../output/base.ts';
import { unionsIn } from '../unions.ts';

/** A file in which git has marked conflicts: its merged text; undefined where the engine finds a conflict too. */
export interface Marked {
  file: string;
  present: string;
  text: string | undefined;
}

const labels = { before: '', now: '' };

/** The texts that both branches know. */
export interface Known {
  /** The owner's files at the three commits. */
  owners: Sides<Base>;
  /** The generated texts at the three commits. */
  generated: Sides<Base>;
  /** The merged generated texts. */
  base: Base;
  /** The files as git itself merges them, with markers. */
  ofGit: Base;
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
  known: Known,
  format: Format | undefined,
): Promise<string | undefined> {
  const sides = sidesOfConflicts(present);
  if (!sides) return undefined;
  if (isAsGenerated(file, sides, known)) return known.base.get(file);
  const { text, conflicts } = await mergeText(
    { base: known.owners.base.get(file), disk: sides.ours, next: sides.theirs },
    { labels: { ...labels, file }, lists: unionsIn(file), format },
  );
  return conflicts === 0 ? text : undefined;
}

/** Reports whether git has merged two generated texts, and the owner has changed nothing before or since. */
function isAsGenerated(
  file: string,
  sides: ReturnType<typeof sidesOfConflicts>,
  { owners, generated, ofGit }: Known,
): boolean {
  const isGenerated = onEachSide({ base: 'base', next: 'next', disk: 'disk' } as const, (side) => {
    const [text, known] = [owners[side].get(file), generated[side].get(file)];
    return text === undefined ? known === undefined : known !== undefined && bare(text) === bare(known);
  });
  if (!isGenerated.base || !isGenerated.next || !isGenerated.disk) return false;
  const merged = sidesOfConflicts(toLf(ofGit.get(file) ?? ''));
  return merged?.ours === sides?.ours && merged?.theirs === sides?.theirs;
}
