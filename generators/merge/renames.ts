import type { MergePlan, Rename } from './plan.ts';
import { leastLikeness, likeness } from './text/likeness.ts';

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
    return best && best.likeness >= leastLikeness ? [best] : [];
  });
}
