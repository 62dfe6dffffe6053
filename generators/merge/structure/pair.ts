import type { Piece } from './listing.ts';
import type { Keyed } from './place.ts';

/**
 * Gives an edited element of `other` the key that it has in `base`: if between the same two neighbors exactly one element of its
 * kind disappeared, and exactly one appeared. Declarations are of one kind if they call one function, else if they are the only ones.
 */
export const pairedWith = (base: Keyed, other: Keyed): Keyed =>
  pairedBy(
    coarseKind,
    base,
    pairedBy(({ kind }) => kind, base, other),
  );

const declaration = 'VariableDeclaration';
const coarseKind = ({ kind }: Piece): string => (kind.startsWith(declaration) ? declaration : kind);

function pairedBy(kindOf: (piece: Piece) => string, base: Keyed, other: Keyed): Keyed {
  const gone = gapsOf(base, other);
  const came = gapsOf(other, base);
  const renamed = new Map<string, string>();
  const ofKind = (list: Keyed, keys: readonly string[], kind: string) =>
    keys.filter((key) => kindOf(list.get(key) as Piece) === kind);
  for (const [place, keys] of came) {
    for (const key of keys) {
      const kind = kindOf(other.get(key) as Piece);
      const before = ofKind(base, gone.get(place) ?? [], kind);
      if (before.length === 1 && ofKind(other, keys, kind).length === 1) renamed.set(key, before[0] ?? key);
    }
  }
  return new Map([...other].map(([key, piece]) => [renamed.get(key) ?? key, piece]));
}

/** Returns the keys of `list` that `other` lacks, by their neighbors that both have. */
function gapsOf(list: Keyed, other: Keyed): Map<string, string[]> {
  const gaps = new Map<string, string[]>();
  const keys = [...list.keys()];
  const shared = keys.map((key) => other.has(key));
  for (const [index, key] of keys.entries()) {
    if (other.has(key)) continue;
    const before = keys[shared.lastIndexOf(true, index)] ?? '';
    const after = keys[shared.indexOf(true, index)] ?? '';
    const place = JSON.stringify([before, after]);
    gaps.set(place, [...(gaps.get(place) ?? []), key]);
  }
  return gaps;
}
