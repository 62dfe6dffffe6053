import { leastLikeness, likeness } from '../text/likeness.ts';
import type { Piece } from './listing.ts';
import type { Keyed } from './place.ts';

/**
 * Gives an edited element of `other` the key that it has in `base`: if between the same two neighbors exactly one element of its
 * kind disappeared, and exactly one appeared, or one of them has most of its lines. Declarations are of one kind if they call one function, else if they are the only ones.
 */
export const pairedWith = (base: Keyed, other: Keyed): Keyed =>
  pairedByNames(
    base,
    pairedBy(
      coarseKind,
      base,
      pairedBy(({ kind }) => kind, base, other),
    ),
  );

/** Returns the name in `base` of each declaration that has another name in `other`, by that name. */
export function renamedIn(base: Keyed, other: Keyed): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const [key, { names }] of other) {
    const [name, ...more] = names?.declared ?? [];
    const [before, ...others] = base.get(key)?.names?.declared ?? [];
    const isOne = more.length + others.length === 0;
    if (isOne && name !== undefined && before !== undefined && name !== before) renamed.set(name, before);
  }
  return renamed;
}

/** Reports whether two elements differ in renamed declarations only. */
export const isOnlyRenamed = (base: Piece, other: Piece, renamed: ReadonlyMap<string, string>): boolean => {
  const [before, after] = [codeOf(base), codeOf(other)];
  const comments = (piece: Piece, code = '') => piece.shape.slice(code.length);
  return (
    before !== undefined &&
    before === other.names?.shapeWith(renamed) &&
    comments(base, before) === comments(other, after)
  );
};

const codeOf = ({ names }: Piece): string | undefined => names?.shapeWith(new Map());

/** Pairs the elements that use a renamed declaration. */
function pairedByNames(base: Keyed, other: Keyed): Keyed {
  const renamed = renamedIn(base, other);
  if (renamed.size === 0) return other;
  const gone = [...base].filter(([key]) => !other.has(key));
  const known = new Map(gone.map(([key, piece]) => [codeOf(piece), key]));
  return new Map(
    [...other].map(([key, piece]) => {
      const before = base.has(key) ? undefined : piece.names && known.get(piece.names.shapeWith(renamed));
      return [before ?? key, piece];
    }),
  );
}

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
      const [before, ...more] = ofKind(base, gone.get(place) ?? [], kind);
      const rivals = ofKind(other, keys, kind).filter((each) => each !== key);
      if (before === undefined || more.length > 0) continue;
      const isLike = (each: string) => isSimilar(base.get(before), other.get(each));
      if (rivals.length === 0 || (isLike(key) && !rivals.some(isLike))) renamed.set(key, before);
    }
  }
  return new Map([...other].map(([key, piece]) => [renamed.get(key) ?? key, piece]));
}

const isSimilar = (one: Piece | undefined, other: Piece | undefined): boolean =>
  likeness(one?.head.trim() ?? '', other?.head.trim() ?? '') >= leastLikeness;

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
