import { onEachSide, type Sides } from '../text/sides.ts';
import { leadOf, type Listing, type Piece } from './listing.ts';
import type { Merging } from './merge-pieces.ts';

/** Keeps the blank line that the generated list has between a new element and the element after it. */
export function withBlankLines({ base, next, disk }: Sides<Listing>, elements: Merging[]): Merging[] {
  const known = new Set([...base.pieces, ...disk.pieces].map(({ key }) => key));
  const isNew = ({ disk: piece }: Merging) =>
    piece !== undefined && next.pieces.includes(piece) && !known.has(piece.key);
  return elements.map((element, index) => {
    const before = elements[index - 1];
    if (!before || !isNew(before)) return element;
    return onEachSide(element, (piece) => piece && withBreaks(piece, { after: before.disk, disk, next }));
  });
}

function withBreaks(
  piece: Piece,
  { after, disk, next }: { after: Piece | undefined; disk: Listing; next: Listing },
): Piece {
  const place = next.pieces.findIndex(({ key }) => key === piece.key);
  const generated = next.pieces[place];
  if (!disk.pieces.includes(piece) || !generated || next.pieces[place - 1] !== after) return piece;
  const lead = leadOf(piece.head);
  const missing = breaksIn(leadOf(generated.head)) - breaksIn(lead);
  return missing > 0 && breaksIn(lead) > 0 ? { ...piece, head: '\n'.repeat(missing) + piece.head } : piece;
}

const breaksIn = (lead: string): number => lead.split('\n').length - 1;
