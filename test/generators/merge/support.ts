import assert from 'node:assert/strict';
import { mergeText } from '../../../generators/merge/merge-text.ts';
import type { Format } from '../../../generators/merge/merge-text.ts';

interface Options {
  lists?: string[];
  format?: Format;
}

/** Merges a file of this name, whose texts are `base`, the owner's and the generated one. */
export const merged = (
  file: string,
  [base, disk, next]: [base: string | undefined, disk: string, next: string],
  options: Options = {},
) => mergeText({ base, next, disk }, { labels: { file, before: '0.2.0', now: '0.3.0' }, ...options });

/** Merges src/app.ts. */
export const mergeCode = (base: string, disk: string, next: string, lists: string[] = []) =>
  merged('src/app.ts', [base, disk, next], { lists });

/** Merges src/app.ts without a conflict. */
export async function cleanCode(
  base: string,
  disk: string,
  next: string,
  lists: string[] = [],
): Promise<string> {
  const { text, conflicts } = await mergeCode(base, disk, next, lists);
  assert.equal(conflicts, 0, text);
  return text;
}
