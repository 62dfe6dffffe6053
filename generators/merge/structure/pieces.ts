import type { Listing, Piece, PieceNames } from './listing.ts';

/** An element of a list in a text; the offsets enclose it without brackets around it, separators and comments. */
export interface Item {
  start: number;
  end: number;
  key: string;
  kind: string;
  /** Equal for two items that differ in their layout only, without comments. */
  shape: string;
  isLast?: boolean;
  isSpread?: boolean;
  names?: PieceNames;
  form?: string;
}

/** A comment of a text, with its offsets. */
export interface Comment {
  start: number;
  end: number;
  text: string;
}

/** The text of a list: offsets between the brackets, its items, and all comments of the text. */
export interface Source {
  text: string;
  start: number;
  end: number;
  items: Item[];
  comments: readonly Comment[];
  separator: ',' | '';
  padding: '' | ' ';
  indent?: string;
  isValues?: boolean;
}

/** Cuts a list into pieces, which together with the separators and the tail are its text. */
export function listingOf(source: Source): Listing {
  const { text, start, end, items, separator, padding, indent } = source;
  const pieces: Piece[] = [];
  let position = start;
  let isClosed = false;
  for (const [index, item] of items.entries()) {
    const limit = items[index + 1]?.start ?? end;
    const cut = cutAfter(source, item.end, limit);
    isClosed = cut.separated > cut.head;
    pieces.push({
      key: item.key,
      kind: item.kind,
      shape: item.shape + commentsBetween(source, position, cut.end),
      head: text.slice(position, cut.head),
      trail: text.slice(cut.separated, cut.end),
      ...(item.isLast && { isLast: true }),
      ...(item.isSpread && { isSpread: true }),
      ...(item.names && { names: item.names }),
      ...(item.form !== undefined && { form: item.form }),
    });
    position = cut.end;
  }
  const outerIndent = outerIndentAt(text, start);
  const tail = text.slice(position, end);
  const isValues = source.isValues === true;
  const list = { start, end, pieces, separator, isClosed, tail, outerIndent, padding, isValues };
  return indent === undefined ? list : { ...list, indent };
}

/** Returns where the item ends, where its separator ends, and where the comment after it on the same line ends. */
function cutAfter(
  source: Source,
  from: number,
  limit: number,
): { head: number; separated: number; end: number } {
  const { text, separator } = source;
  let head = from;
  let separated = from;
  for (let position = from; position < limit; position += 1) {
    const comment = source.comments.find(({ start }) => start === position);
    if (comment) position = comment.end - 1;
    else if (separator !== '' && text[position] === separator) {
      [head, separated] = [position, position + 1];
      break;
    } else if (text[position] === ')' || (separator === '' && text[position] === ';')) {
      head = separated = position + 1;
    }
  }
  return { head, separated, end: endOfTrail(source, separated, limit) };
}

function endOfTrail({ text, comments }: Source, from: number, limit: number): number {
  const start = from + (/^[ \t]*/.exec(text.slice(from, limit))?.[0].length ?? 0);
  const comment = comments.find((each) => each.start === start);
  if (!comment || comment.end > limit) return from;
  return /^[ \t]*(?:\n|$)/.test(text.slice(comment.end, limit)) ? comment.end : from;
}

const commentsBetween = ({ comments }: Source, start: number, end: number): string =>
  comments
    .filter((comment) => comment.start >= start && comment.end <= end)
    .map(({ text }) => `\n${text.replaceAll(/\s+/g, ' ').trim()}`)
    .join('');

function outerIndentAt(text: string, position: number): string {
  const line = text.slice(text.lastIndexOf('\n', position - 1) + 1, position);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}
