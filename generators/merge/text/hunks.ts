import { diffArrays } from 'diff';

/** A change of `base`: its lines from `start` up to `end` become `lines`. */
export interface Hunk {
  start: number;
  end: number;
  lines: string[];
}

/**
 * Returns the changes that turn `base` into `other`, in order; a line that did not change lies between each two of them. The
 * package diff places a pure insertion or deletion as far down as the same result allows, as git does.
 */
export function hunksOf(base: string[], other: string[]): Hunk[] {
  const hunks: Hunk[] = [];
  let position = 0;
  let open: Hunk | undefined;
  for (const { added, removed, value } of diffArrays(base, other)) {
    if (!added && !removed) {
      open = undefined;
      position += value.length;
      continue;
    }
    if (!open) hunks.push((open = { start: position, end: position, lines: [] }));
    if (added) open.lines.push(...value);
    else open.end = position += value.length;
  }
  return hunks;
}
