import { hunksOf } from './hunks.ts';
import { toLf, withLineEndsOf } from '../../core/line-ends.ts';

const mark = '\uFEFF';

/** Returns a text with LF line ends, with a final one, and without a byte order mark. The empty text stays empty. */
export function bare(text: string): string {
  const lf = toLf(text.startsWith(mark) ? text.slice(1) : text);
  return lf === '' || lf.endsWith('\n') ? lf : `${lf}\n`;
}

/**
 * Returns the bare `text` with the byte order mark, the line ends and the final line end of `owners`. A line that both have
 * keeps its line end, in a text with both kinds too; another one gets the kind of most lines.
 */
export function dressedAs(owners: string, text: string): string {
  const start = owners.startsWith(mark) ? mark : '';
  const ended = bare(owners) === toLf(owners.slice(start.length)) ? text : text.replace(/\n$/, '');
  return start + withLineEndsOfEach(owners.slice(start.length), ended);
}

function withLineEndsOfEach(owners: string, text: string): string {
  const isMixed = owners.includes('\r\n') && /(?<!\r)\n/.test(owners);
  if (!isMixed) return withLineEndsOf(owners, text);
  const lines = text.split('\n');
  const model = owners.split('\n');
  const usual = withLineEndsOf(owners, '\n').slice(0, -1);
  const ends = lineEndsOf(model, lines, usual);
  return lines
    .map((line, index) => (index < lines.length - 1 ? line + (ends[index] ?? usual) : line))
    .join('\n');
}

/** Returns for each of `lines` the text before its LF: that of the line in `model`, or the usual one. */
function lineEndsOf(model: string[], lines: string[], usual: string): string[] {
  const ends: string[] = model.map((line) => (line.endsWith('\r') ? '\r' : ''));
  const plain = model.map((line) => line.replace(/\r$/, ''));
  return hunksOf(plain, lines).reduceRight(
    (result, { start, end, lines: changed }) =>
      result.toSpliced(start, end - start, ...changed.map(() => usual)),
    ends,
  );
}
