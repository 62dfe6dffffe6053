import type { Listing, Piece } from '../structure/listing.ts';

/** A variable of an .env file; a commented one shows its default. */
const variable = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=|^\s*#\s*([A-Z_][A-Z\d_]*)=/;

/** Finds the variables of an .env file by their names; the comments above a variable belong to it. */
export const environmentLists = (text: string): Map<string, Listing> =>
  linesAsList(text, (line) => {
    const found = variable.exec(line);
    return found?.[1] ?? found?.[2];
  });

/** Finds the patterns of a file such as .gitignore. */
export const patternLists = (text: string): Map<string, Listing> =>
  linesAsList(text, (line) => (/^\s*(?:#|$)/.test(line) ? undefined : line.trim()));

function linesAsList(text: string, keyOf: (line: string) => string | undefined): Map<string, Listing> {
  const pieces: Piece[] = [];
  let [start, position] = [0, 0];
  for (const line of text.split('\n')) {
    const key = keyOf(line);
    position += line.length;
    if (key !== undefined) {
      pieces.push(entry(key, text.slice(start, position)));
      start = position;
    }
    position += 1;
  }
  const list: Listing = {
    start: 0,
    end: text.length,
    pieces,
    separator: '',
    isClosed: false,
    tail: text.slice(start),
    outerIndent: '',
    padding: '',
    indent: '',
  };
  return new Map([['$', list]]);
}

const entry = (key: string, head: string): Piece => {
  const lines = head.split('\n').map((line) => line.trim());
  return { key, kind: 'line', shape: lines.filter((line) => line !== '').join('\n'), head, trail: '' };
};
