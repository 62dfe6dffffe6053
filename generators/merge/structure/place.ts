import type { Piece, PieceNames } from './listing.ts';

/** The elements of a list by their keys, in their order. */
export type Keyed = ReadonlyMap<string, Piece>;

/** A list into which new elements are placed. */
export interface Placing {
  /** The keys in the order of the merged list so far. */
  order: readonly string[];
  next: Keyed;
  disk: Keyed;
}

/**
 * Cuts neighbors of a list into groups that stay together: a group ends where no later element uses a name that it declares.
 */
export function groupsOf(keys: readonly string[], pieces: Keyed): string[][] {
  const groups: string[][] = [];
  const uses = (key: string, names: readonly string[]) =>
    names.some((name) => pieces.get(key)?.names?.used.has(name));
  let declared: string[] = [];
  for (const [index, key] of keys.entries()) {
    const isBound = keys.slice(index).some((later) => uses(later, declared));
    if (isBound) groups.at(-1)?.push(key);
    else [declared] = [[], groups.push([key])];
    declared.push(...(pieces.get(key)?.names?.declared ?? []));
  }
  return groups;
}

/**
 * Returns the place of a group of new elements: behind `before` and the elements there that only the owner has, but not behind an
 * element that reads what the group changes or declares, and not before a declaration that the group uses.
 */
export function placeOf(group: readonly Piece[], before: string | undefined, placing: Placing): number {
  const usual = placeAfter(before, group, placing);
  const names = group.flatMap((piece) => piece.names ?? []);
  return Math.max(firstPlace(names, placing), Math.min(usual, lastPlace(names, placing)));
}

function placeAfter(
  before: string | undefined,
  group: readonly Piece[],
  { order, next, disk }: Placing,
): number {
  let place = before === undefined ? 0 : order.indexOf(before) + 1;
  const areMembers = group.some(({ isSpread }) => isSpread !== true);
  const isPassed = (key: string) =>
    !next.has(key) &&
    disk.get(key)?.isLast !== true &&
    !(areMembers && isFinalSpread(key, { order, next, disk }));
  while (place < order.length && isPassed(order[place] ?? '')) place += 1;
  return place;
}

/** Such a spread replaces all generated members: it stays behind the new ones too. */
const isFinalSpread = (key: string, { order, next, disk }: Placing): boolean =>
  disk.get(key)?.isSpread === true && !order.slice(order.indexOf(key) + 1).some((later) => next.has(later));

const namesAt = (key: string, { next, disk }: Placing): PieceNames[] =>
  [disk.get(key)?.names, next.get(key)?.names].filter((names) => names !== undefined);

const isDeclaredIn = (names: readonly PieceNames[], name: string): boolean =>
  names.some(({ declared }) => declared.includes(name));

/** The place behind the last declaration of a name that the group uses. */
function firstPlace(group: readonly PieceNames[], placing: Placing): number {
  const used = new Set(group.flatMap((names) => [...names.used]));
  const isNeeded = (key: string) =>
    namesAt(key, placing).some(({ declared }) => declared.some((name) => used.has(name)));
  return placing.order.findLastIndex(isNeeded) + 1;
}

/** The place of the first element that reads a name which the group declares, or a variable which it changes. */
function lastPlace(group: readonly PieceNames[], placing: Placing): number {
  const { order } = placing;
  const readers = [
    ...group.flatMap(({ declared }) => declared.map((name) => firstReader(name, placing))),
    ...group.flatMap(({ changes }) =>
      changes
        .filter((change) => !isDeclaredIn(group, objectOf(change)))
        .map((change) => firstReaderOf(change, placing)),
    ),
  ];
  return Math.min(order.length, ...readers.filter((place) => place >= 0));
}

const objectOf = (change: string): string => change.slice(0, change.indexOf('.'));

const firstReader = (name: string, placing: Placing): number =>
  placing.order.findIndex((key) => namesAt(key, placing).some(({ used }) => used.has(name)));

/** A reader before a present change of the same kind does not read the value itself. */
function firstReaderOf(change: string, placing: Placing): number {
  const { order, next } = placing;
  const changesIt = (key: string) => namesAt(key, placing).some(({ changes }) => changes.includes(change));
  const last = order.findLastIndex((key) => next.has(key) && changesIt(key));
  const reads = (key: string) => namesAt(key, placing).some(({ used }) => used.has(objectOf(change)));
  return order.findIndex((key, index) => index > last && reads(key) && !changesIt(key));
}
