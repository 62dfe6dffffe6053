import { type Hunk, hunksOf } from './hunks.ts';
import type { Sides } from './sides.ts';

/** Lines of the merged text, or a conflict: the lines of each side. */
export type Region = { merged: string[] } | { conflict: Sides<string[]> };

interface Cluster {
  start: number;
  end: number;
  next: Hunk[];
  disk: Hunk[];
}

/**
 * Merges the lines of three texts (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007). Changes of the two sides that
 * overlap or touch are a conflict, as in git, unless both are the same change. Unlike in git, two neighbors that replace lines
 * one by one do not touch: nothing is inserted between them, so their order is known.
 */
export function diff3(lines: Sides<string[]>): Region[] {
  const { base } = lines;
  const regions: Region[] = [];
  let position = 0;
  for (const cluster of clustersOf(hunksOf(base, lines.next), hunksOf(base, lines.disk))) {
    regions.push({ merged: base.slice(position, cluster.start) }, decide(base, cluster));
    position = cluster.end;
  }
  return [...regions, { merged: base.slice(position) }];
}

/** Groups the changes of both sides that overlap or touch. */
function clustersOf(next: Hunk[], disk: Hunk[]): Cluster[] {
  const all = [
    ...next.map((hunk) => ({ hunk, side: 'next' as const })),
    ...disk.map((hunk) => ({ hunk, side: 'disk' as const })),
  ].toSorted((one, other) => one.hunk.start - other.hunk.start || one.hunk.end - other.hunk.end);
  const clusters: Cluster[] = [];
  for (const { hunk, side } of all) {
    const last = clusters.at(-1);
    const touches = last !== undefined && isJoined(last, hunk);
    const cluster = touches ? last : { start: hunk.start, end: hunk.end, next: [], disk: [] };
    if (!touches) clusters.push(cluster);
    cluster.end = Math.max(cluster.end, hunk.end);
    cluster[side].push(hunk);
  }
  return clusters;
}

function isJoined({ end, next, disk }: Cluster, hunk: Hunk): boolean {
  if (hunk.start !== end) return hunk.start < end;
  return ![...next, ...disk, hunk].every(isOneByOne);
}

/** Each line has one successor. */
const isOneByOne = ({ start, end, lines }: Hunk): boolean => end > start && lines.length === end - start;

function decide(base: string[], { start, end, next, disk }: Cluster): Region {
  const before = base.slice(start, end);
  const theirs = applied(before, start, next);
  const owners = applied(before, start, disk);
  if (disk.length === 0 || sameLines(theirs, owners)) return { merged: theirs };
  if (next.length === 0) return { merged: owners };
  return { conflict: { base: before, next: theirs, disk: owners } };
}

/** Returns `lines`, which begin at `offset` of the base, with the changes of one side. */
function applied(lines: string[], offset: number, hunks: Hunk[]): string[] {
  return hunks.reduceRight(
    (result, hunk) => result.toSpliced(hunk.start - offset, hunk.end - hunk.start, ...hunk.lines),
    lines,
  );
}

const sameLines = (one: string[], other: string[]): boolean =>
  one.length === other.length && one.every((line, index) => line === other[index]);
