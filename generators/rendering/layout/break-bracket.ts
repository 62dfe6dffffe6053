import { closeOf, flat, type Around, type Bracket } from './parts.ts';
import { fits } from './width.ts';

/** Numbers share lines, and prettier breaks an array of objects even if it is short. */
const hasOtherRules = ({ open, items }: Bracket): boolean =>
  open === '[' && items.some((item) => /^(?:[-\d{[]|new )/.test(flat(item)));

/** Returns the lines of a pair of brackets with one item per line; undefined if one of them cannot be broken. */
export function breakBracket(
  bracket: Bracket,
  { indent, before, after, again }: Around,
): string[] | undefined {
  if (bracket.items.length === 0 || hasOtherRules(bracket)) return undefined;
  const isPattern = after.startsWith(' = ');
  const lines = bracket.items.map((item, index) => {
    const text = flat(item);
    const isRest = isPattern && index === bracket.items.length - 1 && text.startsWith('...');
    const line = `${indent}  ${text}${isRest ? '' : ','}`;
    return fits(line) ? [line] : again(line);
  });
  const all = [[`${indent}${before}${bracket.open}`], ...lines, [`${indent}${closeOf(bracket)}${after}`]];
  return all.every((each) => each?.every(fits)) ? all.flatMap((each) => each ?? []) : undefined;
}
