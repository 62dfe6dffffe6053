import type { Piece } from './listing.ts';

type Keyed = Map<string, Piece>;

/**
 * Gives an edited element of `other` the key that it has in `base`: if between the same two neighbors exactly one element of its
 * kind disappeared, and exactly one appeared.
 */
export function pairedWith(base: Keyed, other: Keyed): Keyed {
  const gone = gapsOf(base, other);
  const came = gapsOf(other, base);
  const renamed = new Map<string, string>();
  for (const [place, keys] of came) {
    const lost = gone.get(place) ?? [];
    for (const key of keys) {
      const kind = other.get(key)?.kind;
      const before = lost.filter((each) => base.get(each)?.kind === kind);
      const after = keys.filter((each) => other.get(each)?.kind === kind);
      if (before.length === 1 && after.length === 1) renamed.set(key, before[0] ?? key);
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
