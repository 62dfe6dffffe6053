import { type Listing, movedPiece, type Piece, listText } from './listing.ts';
import { withBlankLines } from './blank-lines.ts';
import { mergePieces, type Merging, type Settle } from './merge-pieces.ts';
import { textWithValues } from './values.ts';
import { onEachSide, type Sides } from '../text/sides.ts';

/** Finds the lists of a text by their paths; undefined if the text cannot be parsed. */
export type FindLists = (text: string) => ReadonlyMap<string, Listing> | undefined;

/** Returns the rule for elements of the list at `path` that both sides changed. */
export type SettleAt = (path: string) => Settle | undefined;

/**
 * Merges each list that all three texts have, the inner ones first, and writes the result into all three. A merge by lines then
 * finds no difference there. Elements that both sides changed keep their three texts. Returns the texts unchanged if one of
 * them cannot be parsed.
 */
export function unifyLists(
  texts: Sides<string>,
  find: FindLists,
  settle: SettleAt = () => undefined,
): Sides<string> {
  const done = new Set<string>();
  let current = texts;
  for (;;) {
    const lists = onEachSide(current, find);
    const path = nextPath(current, lists, done);
    if (path === undefined) return current;
    done.add(path);
    const unified = unifyAt(
      current,
      onEachSide(lists, (each) => each?.get(path)),
      settle(path),
    );
    if (unified && parsesAll(unified, find)) current = unified;
  }
}

const parsesAll = (texts: Sides<string>, find: FindLists): boolean =>
  [texts.base, texts.next, texts.disk].every((text) => find(text) !== undefined);

/** The path of the innermost list that is not done yet, and that differs on both sides, or that stands behind a line of the owner. */
function nextPath(
  texts: Sides<string>,
  { base, next, disk }: Sides<ReturnType<FindLists>>,
  done: ReadonlySet<string>,
): string | undefined {
  if (!base || !next || !disk) return undefined;
  const paths = [...disk.keys()].filter((path) => base.has(path) && next.has(path) && !done.has(path));
  const isChanged = (path: string) => {
    const before = innerText(texts.base, base.get(path));
    const isOwners =
      innerText(texts.disk, disk.get(path)) !== before ||
      lineBefore(texts.disk, disk.get(path)) !== lineBefore(texts.base, base.get(path));
    return isOwners && innerText(texts.next, next.get(path)) !== before;
  };
  return paths.toSorted((one, other) => depth(other) - depth(one)).find(isChanged);
}

const depth = (path: string): number => path.split('/').length;

const lineBefore = (text: string, list: Listing | undefined): string | undefined =>
  text.slice(0, list?.start).split('\n').slice(-2).join('\n');

const innerText = (text: string, list: Listing | undefined): string => text.slice(list?.start, list?.end);

function unifyAt(
  texts: Sides<string>,
  { base, next, disk }: Sides<Listing | undefined>,
  settle: Settle | undefined,
): Sides<string> | undefined {
  if (!base || !next || !disk) return undefined;
  const lists = { base, next, disk };
  if (formAt(texts.disk, disk) !== formAt(texts.next, next)) return withValues(texts, lists);
  const pieces = mergePieces(
    onEachSide(lists, (list) => list.pieces),
    settle,
  );
  const fitted = movedPieces(lists, pieces);
  if (!fitted) return undefined;
  const inner = (side: keyof Sides<Piece>) =>
    listText(
      disk,
      fitted.flatMap((element) => element[side] ?? []),
    );
  return {
    base: replaced(texts.base, base, inner('base')),
    next: replaced(texts.next, next, inner('next')),
    disk: replaced(texts.disk, disk, inner('disk')),
  };
}

/** The owner turned the object in `Object.values` into an array: the values of a new object have a place there. */
function withValues(texts: Sides<string>, lists: Sides<Listing>): Sides<string> | undefined {
  const isArray = lists.next.isValues === true && formAt(texts.disk, lists.disk) === '[';
  const inner = isArray ? textWithValues(lists) : undefined;
  return inner === undefined ? undefined : { ...texts, disk: replaced(texts.disk, lists.disk, inner) };
}

/** An object and an array have no common elements, and neither have a block and a flow collection of YAML. */
const formAt = (text: string, { start, separator }: Listing): string =>
  separator === '' ? '' : (text[start - 1] ?? '');

/** Returns the elements with the layout of the owner's list; undefined if one of them does not fit. */
export function movedPieces(lists: Sides<Listing>, elements: Merging[]): Merging[] | undefined {
  const spaced = withBlankLines(lists, elements);
  const moved = spaced.map((element) => onEachSide(element, (piece) => piece && movedTo(piece, lists)));
  const isMissing = (side: keyof Merging) =>
    moved.some((element, index) => element[side] === undefined && elements[index]?.[side] !== undefined);
  return isMissing('base') || isMissing('next') || isMissing('disk') ? undefined : moved;
}

function movedTo(piece: Piece, { base, next, disk }: Sides<Listing>): Piece | undefined {
  if (next.pieces.includes(piece)) return movedPiece(piece, next, disk);
  return base.pieces.includes(piece) ? movedPiece(piece, base, disk) : piece;
}

const replaced = (text: string, { start, end }: Listing, inner: string): string =>
  text.slice(0, start) + inner + text.slice(end);
