import { diff3, type Region } from './diff3.ts';
import { isUnresolvedOfGit } from './git-markers.ts';
import { hunksOf } from './hunks.ts';
import { onEachSide, type Sides } from './sides.ts';

/** A merged text, and the number of conflicts that it marks. */
export interface Merged {
  text: string;
  conflicts: number;
}

/** The words behind the markers of a conflict. */
export interface Labels {
  /** The path of the owner's file. */
  file: string;
  /** The version of the generator that wrote the base. */
  before: string;
  /** The version that generates now. */
  now: string;
}

const marker = { disk: '<<<<<<< yours', base: '||||||| generated before', next: '>>>>>>> generated now' };
const rule = '=======';

/** Merges three texts by lines. Conflicts are marked as `git merge --conflict=diff3` does. */
export function mergeLines(texts: Sides<string>, labels: Labels): Merged {
  const regions = diff3(onEachSide(texts, linesOf));
  const conflicts = regions.filter((region) => 'conflict' in region).length;
  return { text: textOfRegions(regions, labels), conflicts };
}

/** The lines of a bare text. */
const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const textOfRegions = (regions: Region[], labels: Labels): string =>
  regions.flatMap((region) => linesOfRegion(region, labels).map((line) => `${line}\n`)).join('');

function linesOfRegion(region: Region, { file, before, now }: Labels): string[] {
  if ('merged' in region) return region.merged;
  const { base, next, disk } = region.conflict;
  const opened = [`${marker.disk} (${file})`, ...disk, `${marker.base} (${before})`, ...base];
  return [...opened, rule, ...next, `${marker.next} (${now})`];
}

/** Returns three texts as one conflict, from the first line to the last one that differ. */
export function markAll(texts: Sides<string>, labels: Labels): Merged {
  const lines = onEachSide(texts, linesOf);
  const least = Math.min(lines.base.length, lines.next.length, lines.disk.length);
  const isCommon = (index: number) =>
    lines.base.at(index) === lines.disk.at(index) && lines.next.at(index) === lines.disk.at(index);
  let start = 0;
  while (start < least && isCommon(start)) start += 1;
  let end = 0;
  while (end < least - start && isCommon(-end - 1)) end += 1;
  const conflict = onEachSide(lines, (all) => all.slice(start, all.length - end));
  const regions: Region[] = [
    { merged: lines.disk.slice(0, start) },
    { conflict },
    { merged: lines.disk.slice(lines.disk.length - end) },
  ];
  return { text: textOfRegions(regions, labels), conflicts: 1 };
}

/**
 * Returns `text` with a conflict for each addition to the text `disk` that contains one of `positions`: the owner decides about it. The
 * other additions stay.
 */
export function markAdded(text: string, disk: string, positions: readonly number[], labels: Labels): Merged {
  const lines = positions.map((position) => text.slice(0, position).split('\n').length - 1);
  const owners = linesOf(disk);
  const regions: Region[] = [];
  let [position, shift] = [0, 0];
  for (const { start, end, lines: added } of hunksOf(owners, linesOf(text))) {
    const first = start + shift;
    const before = owners.slice(start, end);
    const isMarked = lines.some((line) => line >= first && line < first + added.length);
    const conflict = { base: before, next: added, disk: before };
    regions.push({ merged: owners.slice(position, start) }, isMarked ? { conflict } : { merged: added });
    [position, shift] = [end, shift + added.length - before.length];
  }
  regions.push({ merged: owners.slice(position) });
  const conflicts = regions.filter((region) => 'conflict' in region).length;
  return { text: textOfRegions(regions, labels), conflicts };
}

/** Returns a text with the owner's lines in the place of each conflict that this engine has marked. */
export const withOwnersLines = (text: string): string =>
  text.replaceAll(
    /^<{7} yours[^\n]*\n([^]*?)^\|{7} generated before[^]*?^>{7} generated now[^\n]*\n/gm,
    '$1',
  );

/** Reports whether a text contains a conflict marker of this generator or of git: a part of a conflict is not resolved either. */
export const isUnresolved = (text: string): boolean =>
  isUnresolvedOfGit(text) ||
  Object.values(marker).some((start) => text.startsWith(start) || text.includes(`\n${start}`));
