import { breakLine } from './break-line.ts';
import { fits } from './width.ts';

/** Prettier does not change these lines, whatever their length. */
const unbreakable =
  /^\s*(?:\/\/|\/\*\*|\*|import \* as |import (?:type )?\{ \w+(?: as \w+)? \} from |(?:it|describe)\((?:'[^']*'|"[^"]*"), (?:async )?\(\) => \{$)/;

/**
 * Returns the text of a TypeScript template as prettier formats it; undefined if this function does not know how to break one of
 * the lines. A template is written as prettier formats it with the shortest names, so only lines that have become too long
 * differ. test/generators/formatting.test.ts compares the result with prettier.
 */
export function layOut(text: string): string | undefined {
  const lines: string[] = [];
  const given = text.split('\n');
  for (const [index, line] of given.entries()) {
    const broken = fits(line) || unbreakable.test(line) ? [line] : breakLine(line);
    if (!broken || (broken.length > 1 && joins(broken.at(-1) ?? '', given[index + 1] ?? '')))
      return undefined;
    lines.push(...broken);
  }
  return lines.join('\n');
}

/** Reports whether a body of one line fits behind its arrow after the parameters have got lines of their own. */
const joins = (end: string, body: string): boolean =>
  end.endsWith('=>') && body.endsWith(',') && fits(`${end} ${body.trimStart()}`);
