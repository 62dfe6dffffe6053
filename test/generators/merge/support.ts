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
