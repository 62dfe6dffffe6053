/**
 * Returns the candidate that `text` most likely misspells; undefined if none is close enough. Of two texts with equally many
 * parts between dots, each part must be close: `user.created` does not misspell `pw.created`.
 */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .filter((candidate) => isClose(text.split('.'), candidate.split('.')))
    .map((candidate) => ({ candidate, distance: editDistance(text, candidate) }))
    .filter(({ distance }) => distance <= limitOf(text))
    .toSorted((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate;
}

const limitOf = (text: string) => Math.ceil(text.length / 3);

const isClose = (parts: string[], others: string[]): boolean =>
  parts.length !== others.length ||
  parts.every((part, index) => editDistance(part, others[index] ?? '') <= limitOf(part));

/** Returns ` Did you mean "port"?`, or an empty text. */
export function didYouMean(
  text: string,
  candidates: readonly string[],
  shown = (word: string) => `"${word}"`,
): string {
  const word = closest(text, candidates);
  return word === undefined ? '' : ` Did you mean ${shown(word)}?`;
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
