import { type Language, languageOf } from './languages/language.ts';
import { completeImports } from './languages/complete-imports.ts';
import { completeNames } from './languages/complete-names.ts';
import type { Parse } from './languages/syntax.ts';
import { unifyLists } from './structure/unify.ts';
import { type Labels, markAll, type Merged, mergeLines } from './text/markers.ts';
import type { Sides } from './text/sides.ts';
import { bare, dressedAs } from './text/surface.ts';

/** Formats the text of a file with the owner's options. Returns undefined for a text or a file that it cannot format. */
export type Format = (file: string, text: string) => Promise<string | undefined>;

/** The words and the rules for one file. */
export interface TextRules {
  labels: Labels;
  /** The paths of arrays and functions whose elements are a union; `docs/decisions/merge.md` has the form. */
  lists?: readonly string[] | undefined;
  format?: Format | undefined;
}

/** The merged text of a file. `isGenerated`: it is the generated text, since the owner changed nothing or only the layout. */
export interface MergedText extends Merged {
  isGenerated: boolean;
}

/**
 * Merges the text of one file: structure first, then lines. Resolves to the text for the disk, with the owner's line ends, byte
 * order mark and final line end; each conflict is marked in it. Bytes of the owner change only where the generated texts differ.
 * Without a base, both sides added the file: all of it is one conflict.
 */
export async function mergeText(
  { base, next, disk }: { base: string | undefined; next: string; disk: string },
  { labels, lists = [], format }: TextRules,
): Promise<MergedText> {
  const owners = bare(disk);
  if (base !== undefined && bare(base) === owners)
    return { text: dressedAs(disk, bare(next)), conflicts: 0, isGenerated: true };
  const isFormatted = (await format?.(labels.file, owners)) === owners;
  const formatted = async (text: string) =>
    (isFormatted && text !== '' && (await format?.(labels.file, text))) || text;
  const sides = { base: await formatted(bare(base ?? '')), next: await formatted(bare(next)), disk: owners };
  const language = await languageOf(labels.file, lists);
  const merged = takeOne(sides, language) ?? mergeAll(sides, labels, language);
  const text = merged.conflicts === 0 ? await formatted(merged.text) : merged.text;
  return { ...merged, text: dressedAs(disk, text), isGenerated: text === sides.next };
}

/** Reports whether the owner changed at most the layout of a generated file. */
export async function isUnedited(
  { base, disk }: { base: string; disk: string },
  { file, format }: { file: string; format?: Format | undefined },
): Promise<boolean> {
  const [generated, owners] = [bare(base), bare(disk)];
  if (generated === owners || (await format?.(file, generated)) === owners) return true;
  const language = await languageOf(file, []);
  return language?.isSame?.(generated, owners) === true;
}

/** Returns the text of one side if the other one changed nothing, or only the layout. */
function takeOne({ base, next, disk }: Sides<string>, language: Language | undefined): Merged | undefined {
  const isSame = (one: string, other: string) => one === other || language?.isSame?.(one, other) === true;
  if (isSame(base, next) || isSame(next, disk)) return { text: disk, conflicts: 0 };
  return isSame(base, disk) ? { text: next, conflicts: 0 } : undefined;
}

function mergeAll(sides: Sides<string>, labels: Labels, language: Language | undefined): Merged {
  if (!language || sides.base === '') return mergeLines(sides, labels);
  const merged = mergeLines(unifyLists(sides, language.find, language.settle), labels);
  if (merged.conflicts > 0) return merged;
  const parses = (text: string) => language.find(text) !== undefined;
  if (!parses(merged.text) && parses(sides.disk) && parses(sides.next)) return markAll(sides, labels);
  return language.parse ? completeCode(merged, sides, { labels, parse: language.parse }) : merged;
}

/** Adds the imports and the declarations that the merged code needs. */
function completeCode(
  { text }: Merged,
  sides: Sides<string>,
  tools: { labels: Labels; parse: Parse },
): Merged {
  const merged = completeImports(text, sides, tools);
  return merged.conflicts > 0 ? merged : completeNames(merged.text, sides, tools);
}
