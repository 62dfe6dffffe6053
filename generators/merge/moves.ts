import { higherRange } from './languages/ranges.ts';
import type { MergePlan, Move } from './plan.ts';

/**
 * Returns the old path for the new path of each file that the templates moved after the base was written. Several moves of one
 * file count as one. A file does not follow if the owner has files at both paths.
 */
export function pendingMoves({ base, next, disk, versions, moves = [] }: MergePlan): Map<string, string> {
  const origins = new Map<string, string>();
  const { before, now } = versions;
  const between = moves.filter((move) => isAfter(move, before) && !isAfter(move, now));
  for (const { from, to } of between.toSorted(bySince)) {
    origins.set(to, origins.get(from) ?? from);
    origins.delete(from);
  }
  const isPending = ([to, from]: [string, string]) =>
    base.has(from) && next.has(to) && !next.has(from) && !base.has(to) && !(disk.has(from) && disk.has(to));
  return new Map([...origins].filter(isPending));
}

const isAfter = ({ since }: Move, version: string): boolean => higherRange(version, since) === 'other';

const bySince = (one: Move, other: Move): number =>
  one.since === other.since ? 0 : higherRange(one.since, other.since) === 'other' ? -1 : 1;
