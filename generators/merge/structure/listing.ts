/** The names in the code of an element. */
export interface PieceNames {
  /** The names that it declares. */
  declared: readonly string[];
  /** The other names that it reads or changes. */
  used: ReadonlySet<string>;
  /** The calls that change a variable: `routers.push`. */
  changes: readonly string[];
  /** Returns the shape of the element, without comments, after its names are replaced. */
  shapeWith: (names: ReadonlyMap<string, string>) => string;
}

/** One element of a list with the text around it: from the end of the element before it up to its own end. */
export interface Piece {
  /** The identity of the element: a property's name, or the text of an array's element. */
  key: string;
  /** Elements with another key may be the same element, edited, if they are of one kind. */
  kind: string;
  /** Equal for two elements that differ in their layout only. Comments count. */
  shape: string;
  /** White space, then the comments before the element and the element itself. */
  head: string;
  /** A comment after the separator, on the same line. */
  trail: string;
  /** Control never passes this element, so nothing may follow it. */
  isLast?: boolean;
  /** The members of a spread object replace the members before it. */
  isSpread?: boolean;
  /** For statements: their order matters. */
  names?: PieceNames;
  /** The form of the list in it: two elements of different forms have no common list. */
  form?: string;
}

/**
 * The elements of an object, an array, a block or a YAML map. Its text consists of the heads and trails of all pieces, with
 * separators, and of the tail.
 */
export interface Listing {
  /** Offsets of the text between the brackets. */
  start: number;
  end: number;
  pieces: Piece[];
  separator: ',' | '';
  /** The last element has a separator too. */
  isClosed: boolean;
  /** The text after the last piece. */
  tail: string;
  /** The white space at the start of the line with the opening bracket. */
  outerIndent: string;
  /** The white space inside of the brackets of a list on one line. */
  padding: '' | ' ';
  /** It is an object of which only the values count. */
  isValues?: boolean;
  /** The indentation of a list that has each element on its own line always. */
  indent?: string;
}

export const leadOf = (head: string): string => /^\s*/.exec(head)?.[0] ?? '';

/** The white space at the start of the last line of `lead`; undefined if `lead` is within a line. */
const indentIn = (lead: string): string | undefined =>
  lead.includes('\n') ? lead.slice(lead.lastIndexOf('\n') + 1) : undefined;

/** The indentation of the elements; undefined if all are on one line. */
export function indentOf({ pieces, indent: known }: Listing): string | undefined {
  if (known !== undefined) return known;
  const indents = pieces.map(({ head }) => indentIn(leadOf(head)));
  return indents.find((indent) => indent !== undefined);
}

/** Returns the text of the list `model` with other pieces. The layout is that of `model`; pieces of it keep each byte. */
export function listText(model: Listing, pieces: readonly Piece[]): string {
  const laid = pieces.map((piece, index) => ({ ...piece, head: headAt(model, piece, index) }));
  const closed =
    model.pieces.length > 0 ? model.isClosed : indentOf({ ...model, pieces: laid }) !== undefined;
  const text = laid.map(({ head, trail }, index) => {
    const isSeparated = index < laid.length - 1 || closed;
    return head + (isSeparated ? model.separator : '') + trail;
  });
  return text.join('') + tailOf(model, laid);
}

/** The first piece takes the white space of the first one of `model`; that one, at another place, gets the usual one. */
function headAt(model: Listing, piece: Piece, index: number): string {
  const first = model.pieces[0];
  if (index === 0 && first !== undefined && piece !== first)
    return leadOf(first.head) + piece.head.slice(leadOf(piece.head).length);
  const indent = indentOf(model);
  if (index === 0 || piece !== first) return piece.head;
  const lead = leadOf(piece.head);
  const usual = indent === undefined ? ' ' : `\n${indent}`;
  return (lead.includes('\n') ? lead : usual) + piece.head.slice(lead.length);
}

function tailOf(model: Listing, laid: readonly Piece[]): string {
  const { tail, outerIndent, padding } = model;
  if (model.pieces.length > 0 || laid.length === 0 || tail.trim() !== '') return tail;
  return indentOf({ ...model, pieces: [...laid] }) === undefined ? padding : `\n${outerIndent}`;
}

/** Returns a piece of the list `from` with the layout of the list `to`; undefined if that layout cannot hold it. */
export function movedPiece(piece: Piece, from: Listing, to: Listing): Piece | undefined {
  const lead = leadOf(piece.head);
  const body = piece.head.slice(lead.length);
  const [indent, was] = [indentOf(to), indentOf(from)];
  if (to.pieces.length > 0 && indent === undefined) {
    const needsLine = /^\s*(?:\/\/|#)/.test(body) || body.includes('\n') || piece.trail.includes('//');
    return needsLine ? undefined : { ...piece, head: ` ${body}`, trail: piece.trail };
  }
  if (was === undefined) {
    return { ...piece, head: indent === undefined ? to.padding + body : `\n${indent}${body}` };
  }
  const wanted = indent ?? to.outerIndent + was.slice(from.outerIndent.length);
  const breaks = '\n'.repeat(Math.max(1, lead.split('\n').length - 1));
  return { ...piece, head: breaks + wanted + indented(body, was, wanted) };
}

/** A template literal keeps its lines, since white space in it counts. */
const indented = (body: string, was: string, wanted: string): string =>
  was === wanted || /`[^`]*\n[^`]*`/.test(body) ? body : body.replaceAll(`\n${was}`, `\n${wanted}`);
