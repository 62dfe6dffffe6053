import type { Piece } from './listing.ts';
import { isOnlyRenamed, pairedWith, renamedIn } from './pair.ts';
import { groupsOf, type Keyed, placeOf } from './place.ts';
import type { Sides } from '../text/sides.ts';

/** One element of the merged list, for each side; undefined where the side lacks it. All are the same if it is decided. */
export type Merging = Sides<Piece | undefined>;

/** An element that both sides changed, or that both added. */
export interface Changed extends Merging {
  next: Piece;
  disk: Piece;
}

/** Returns the piece for such an element; undefined leaves it undecided. */
export type Settle = (changed: Changed) => Piece | undefined;

const leave: Settle = () => undefined;

/**
 * Merges the elements of three lists as an ordered union: additions and removals of both sides count, edits of one side win
 * over the base. The order is that of the owner; a new element follows its neighbor in the generated list, after the owner's
 * own elements at that place. An element that both sides changed stays undecided, unless `settle` decides it.
 */
export function mergePieces(lists: Sides<Piece[]>, settle: Settle = leave): Merging[] {
  const { base, next, disk } = withKeys(lists);
  const renamed = renamedIn(base, disk);
  const decideAt = (key: string) => {
    const [before, piece] = [base.get(key), disk.get(key)];
    const isRemoved = before && piece && !next.has(key) && isOnlyRenamed(before, piece, renamed);
    return isRemoved ? decided(undefined) : decide(before, next.get(key), piece, settle);
  };
  const merged = new Map([...disk.keys()].map((key) => [key, decideAt(key)]));
  const order = [...disk.keys()];
  let before: string | undefined;
  for (const keys of runsOf(next, disk)) {
    const added = keys.filter((key) => !disk.has(key));
    for (const key of added) merged.set(key, decideAt(key));
    const isPresent = (key: string) => !isEmpty(merged.get(key));
    for (const group of groupsOf(added.filter(isPresent), next)) {
      const pieces = group.flatMap((key) => next.get(key) ?? []);
      order.splice(placeOf(pieces, before, { order, next, disk }), 0, ...group);
      before = group.at(-1);
    }
    before = keys.findLast((key) => disk.has(key)) ?? before;
  }
  return order.flatMap((key) => {
    const element = merged.get(key);
    return element && !isEmpty(element) ? [element] : [];
  });
}

const isEmpty = (element: Merging | undefined): boolean =>
  (element?.base ?? element?.next ?? element?.disk) === undefined;

/** Returns the keys of a list in their order: those that `other` lacks with their neighbors, each other one alone. */
function runsOf(list: Keyed, other: Keyed): string[][] {
  const runs: string[][] = [];
  let isOpen = false;
  for (const key of list.keys()) {
    const isAdded = !other.has(key);
    if (isAdded && isOpen) runs.at(-1)?.push(key);
    else runs.push([key]);
    isOpen = isAdded;
  }
  return runs;
}

function withKeys(lists: Sides<Piece[]>): Sides<Keyed> {
  const base = keyed(lists.base);
  return { base, next: pairedWith(base, keyed(lists.next)), disk: pairedWith(base, keyed(lists.disk)) };
}

/** A repeated key gets a number. */
function keyed(pieces: Piece[]): Keyed {
  const all = new Map<string, Piece>();
  for (const piece of pieces) {
    let key = piece.key;
    for (let count = 2; all.has(key); count += 1) key = `${piece.key} #${count}`;
    all.set(key, piece);
  }
  return all;
}

function decide(
  base: Piece | undefined,
  next: Piece | undefined,
  disk: Piece | undefined,
  settle: Settle,
): Merging {
  if (base?.shape === next?.shape || next?.shape === disk?.shape) return decided(disk);
  if (base?.shape === disk?.shape) return decided(next);
  const settled = next && disk ? settle({ base, next, disk }) : undefined;
  return settled ? decided(settled) : { base, next, disk };
}

const decided = (piece: Piece | undefined): Merging => ({ base: piece, next: piece, disk: piece });

/** Reports whether all three texts get the same element. */
export const isDecided = ({ base, next, disk }: Merging): boolean => base === disk && next === disk;
