import { UsageError } from '../core/usage-error.ts';
import { yoRcFile } from '../output/yo-rc.ts';

/**
 * Returns the elements of an earlier run, then the new ones of `given`. A given element replaces the one that `isSame` finds, in its
 * place; nothing else of the earlier run changes, and nothing is removed.
 */
export function added<Element>(
  before: readonly Element[],
  given: readonly Element[],
  isSame: (one: Element, other: Element) => boolean,
): Element[] {
  const kept = before.map((old) => given.find((each) => isSame(each, old)) ?? old);
  return [...kept, ...given.filter((each) => !kept.includes(each))];
}

/** Throws a UsageError for `--no-<answer>` on a service that has some: `has` says which. The flags of a later run only add. */
export function refuseRemoval(answer: string, has: string, before: readonly unknown[]): void {
  if (before.length === 0) return;
  throw new UsageError(
    `--no-${answer} removes nothing from a service, which ${has}; to remove one, delete its line under "${answer}" in ${yoRcFile}, and run the command again`,
  );
}

export const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
