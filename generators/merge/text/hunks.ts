import { diffArrays } from 'diff';

/** A change of `base`: its lines from `start` up to `end` become `lines`. */
export interface Hunk {
  start: number;
  end: number;
  lines: string[];
}

/** Returns the changes that turn `base` into `other`, in order; a line that did not change lies between each two of them. */
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
  return slideDown(base, hunks);
}

/**
 * Moves each pure insertion or deletion down as far as the same result allows, as git does, so the same insertion of both
 * sides has the same place.
 */
function slideDown(base: string[], hunks: Hunk[]): Hunk[] {
  return hunks.map((hunk, index) => {
    const limit = (hunks[index + 1]?.start ?? base.length + 1) - 1;
    let { start, end, lines } = hunk;
    if (start !== end && lines.length > 0) return hunk;
    while (end < limit && base[end] === (lines.length > 0 ? lines[0] : base[start])) {
      lines = lines.length > 0 ? [...lines.slice(1), base[end] ?? ''] : lines;
      start += 1;
      end += 1;
    }
    return { start, end, lines };
  });
}
