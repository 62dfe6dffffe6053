import { pendingMoves } from './moves.ts';
import type { MergePlan } from './plan.ts';

/** The texts of one file; undefined where it does not exist. */
export interface Case {
  file: string;
  /** The path in the base, and of the owner's file: another one if the templates moved it. */
  from: string;
  base: string | undefined;
  next: string | undefined;
  disk: string | undefined;
}

/** Returns one case for each path that was or is generated, in their order. A moved file has one case, of its new path. */
export function casesOf(plan: MergePlan): Case[] {
  const { base, next, disk } = plan;
  const moves = pendingMoves(plan);
  const old = new Set(moves.values());
  const files = [...new Set([...base.keys(), ...next.keys()])].filter((file) => !old.has(file));
  return files.toSorted().map((file) => {
    const origin = moves.get(file) ?? file;
    // the owner may have moved the file already
    const from = disk.has(file) ? file : origin;
    return { file, from, base: base.get(origin), next: next.get(file), disk: disk.get(from) };
  });
}
