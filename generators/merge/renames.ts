import { diffArrays } from 'diff';
import type { MergePlan, Rename } from './plan.ts';
import { bare } from './text/surface.ts';

/** Below this share of equal lines a file counts as another one. */
const LEAST = 0.6;

/**
 * Returns the files that the owner seems to have renamed: generated paths that are gone, although their generated text changed, and
 * the unknown files that are like them.
 */
export function likelyRenames({ base, next, disk }: MergePlan): Rename[] {
  const gone = [...base].filter(
    ([file, text]) => !disk.has(file) && next.has(file) && next.get(file) !== text,
  );
  const unknown = [...disk].filter(([file]) => !base.has(file) && !next.has(file));
  return gone.flatMap(([from, text]) => {
    const like = unknown.map(([to, other]) => ({ from, to, likeness: likeness(text, other) }));
    const [best] = like.toSorted((one, other) => other.likeness - one.likeness);
    return best && best.likeness >= LEAST ? [best] : [];
  });
}

/** Twice the equal lines, divided by all lines of both texts. */
function likeness(one: string, other: string): number {
  const [first, second] = [one, other].map((text) => bare(text).split('\n')) as [string[], string[]];
  const all = first.length + second.length;
  // A larger difference cannot reach the least likeness.
  const changes = diffArrays(first, second, { maxEditLength: Math.floor(all * (1 - LEAST)) });
  if (!changes) return 0;
  const equal = changes.reduce((sum, { added, removed, count }) => (added || removed ? sum : sum + count), 0);
  return (2 * equal) / all;
}
