import { kindOfFile } from '../../merge/kinds.ts';
import { mergeText } from '../../merge/merge-text.ts';
import { withOwnersLines } from '../../merge/text/markers.ts';
import type { Sides } from '../../merge/text/sides.ts';
import type { Base } from '../../output/base.ts';
import { unionsIn } from '../unions.ts';

const labels = { before: '', now: '' };

/**
 * Merges the generated texts that two branches remember. Where the engine finds a conflict, the text of the current branch counts: the
 * next run then merges the difference to the generated text into the owner's file.
 */
export async function mergeBases({ base, next, disk }: Sides<Base>): Promise<Map<string, string>> {
  const merged = new Map<string, string>();
  for (const file of [...new Set([...disk.keys(), ...next.keys()])].toSorted()) {
    const sides = { base: base.get(file), next: next.get(file), disk: disk.get(file) };
    const text = await mergeOne(file, sides);
    if (text !== undefined) merged.set(file, text);
  }
  return merged;
}

async function mergeOne(
  file: string,
  { base, next, disk }: Sides<string | undefined>,
): Promise<string | undefined> {
  if (next === disk || base === next) return disk;
  if (base === disk) return next;
  if (next === undefined || disk === undefined || kindOfFile(file) === 'born') return disk ?? next;
  const { text } = await mergeText(
    { base, next, disk },
    { labels: { ...labels, file }, lists: unionsIn(file) },
  );
  return withOwnersLines(text);
}
