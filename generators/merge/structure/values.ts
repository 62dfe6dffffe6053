import type { Sides } from '../text/sides.ts';
import { indentOf, type Listing, listText, type Piece } from './listing.ts';

/**
 * Returns the text of the owner's array with the values of each new object that the generated list spreads; undefined if none is new, or
 * if a new element is not such an object.
 */
export function textWithValues({ base, next, disk }: Sides<Listing>): string | undefined {
  const known = new Set(base.pieces.map(({ key }) => key));
  const present = new Set(disk.pieces.map(({ head }) => head.trim()));
  const added: Piece[] = [];
  for (const piece of next.pieces.filter(({ key }) => !known.has(key))) {
    const name = /^\s*\.{3}([\w$]+)$/.exec(piece.head)?.[1];
    if (name === undefined) return undefined;
    const code = `...Object.values(${name})`;
    if (!present.has(code)) added.push({ ...piece, head: leadIn(disk) + code, trail: '' });
  }
  return added.length === 0 ? undefined : listText(disk, [...disk.pieces, ...added]);
}

function leadIn(list: Listing): string {
  const indent = indentOf(list);
  if (indent !== undefined) return `\n${indent}`;
  return list.pieces.length > 0 ? ' ' : '';
}
