/** A range with one lower bound, such as `^1.2.3`, `~1.2` or `>=1` (https://semver.org). */
const range = /^(?:[\^~]|>=)?v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(?:-([\w.-]+))?(?:\+[\w.-]+)?$/;

/**
 * Returns which of two npm ranges allows only higher versions at its lower end; `one` if both have the same lower bound, or if
 * one of them has no such form (a tag, an address, `workspace:*`, several ranges).
 */
export function higherRange(one: string, other: string): 'one' | 'other' {
  const [first, second] = [lowestOf(one), lowestOf(other)];
  if (!first || !second) return 'one';
  const place = first.numbers.findIndex((number, index) => number !== second.numbers[index]);
  if (place >= 0) return (first.numbers[place] ?? 0) < (second.numbers[place] ?? 0) ? 'other' : 'one';
  return comparePrerelease(first.prerelease, second.prerelease) < 0 ? 'other' : 'one';
}

function lowestOf(text: string): { numbers: number[]; prerelease: string } | undefined {
  const found = range.exec(text.trim());
  if (!found) return undefined;
  return { numbers: found.slice(1, 4).map((part) => Number(part) || 0), prerelease: found[4] ?? '' };
}

/** Section 11 of the specification: a prerelease is lower than its release; numbers are lower than words. */
function comparePrerelease(one: string, other: string): number {
  if (one === other) return 0;
  if (one === '' || other === '') return one === '' ? 1 : -1;
  const [first, second] = [one.split('.'), other.split('.')];
  const place = first.findIndex((part, index) => part !== second[index]);
  if (place < 0) return first.length - second.length;
  const [left = '', right] = [first[place], second[place]];
  if (right === undefined) return 1;
  const [isNumber, isOtherNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (isNumber && isOtherNumber) return Number(left) - Number(right);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return left < right ? -1 : 1;
}
