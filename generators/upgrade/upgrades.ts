import { higherRange } from '../merge/languages/ranges.ts';
import { loadParser } from '../merge/languages/syntax.ts';
import { decimalString } from './decimal-string.ts';
import type { Upgrade } from './upgrade.ts';

/** Every upgrade, in the order of their numbers. A released one never changes. */
export const upgrades: readonly Upgrade[] = [decimalString];

/** The code of an owner. */
const ownCode = /^(?:src|test)\/.+\.[cm]?ts$/;

/** Returns the upgrades for a service that version `before` wrote and version `now` updates. */
export const upgradesBetween = (before: string, now: string, all = upgrades): Upgrade[] =>
  all.filter(({ since }) => isHigher(since, before) && !isHigher(since, now));

const isHigher = (one: string, other: string) => higherRange(other, one) === 'other';

/** Returns the files that `upgrades` change, with their new texts. Writes nothing. */
export async function upgradedFiles(
  texts: ReadonlyMap<string, string>,
  upgrades: readonly Upgrade[],
): Promise<Map<string, string>> {
  const changed = new Map<string, string>();
  if (upgrades.length === 0) return changed;
  const parse = await loadParser('babel-ts');
  for (const [file, text] of texts) {
    if (!ownCode.test(file)) continue;
    const result = upgrades.reduce((before, { change }) => change(before, parse), text);
    if (result !== text) changed.set(file, result);
  }
  return changed;
}
