import { breakLine } from './break-line.ts';
import { fits } from './width.ts';

/** Prettier does not change these lines, whatever their length. */
const unbreakable =
  /^\s*(?:\/\/|\/\*\*|\*|import \* as |import (?:type )?\{ \w+ \} from |(?:it|describe)\((?:'[^']*'|"[^"]*"), (?:async )?\(\) => \{$)/;

/**
 * Returns the text of a TypeScript template as prettier formats it; undefined if this function does not know how to break one of
 * the lines. A template is written as prettier formats it with the shortest names, so only lines that have become too long
 * differ. test/generators/formatting.test.ts compares the result with prettier.
 */
export function layOut(text: string): string | undefined {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const broken = fits(line) || unbreakable.test(line) ? [line] : breakLine(line);
    if (!broken) return undefined;
    lines.push(...broken);
  }
  return lines.join('\n');
}
