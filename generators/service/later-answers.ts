import { UsageError } from '../core/usage-error.ts';

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

/** The kind of part that the command `remove` removes, by its answer. */
const commandOf = { resources: 'resource', consumes: 'consumer' };

/**
 * Throws a UsageError for `--no-<answer>` on a service that has some: the flags of a later run only add.
 * @param has the verb before the names: `consumes`
 */
export function refuseRemoval(answer: keyof typeof commandOf, has: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const all = names.map((name) => `"${name}"`).join(', ');
  throw new UsageError(
    `--no-${answer} removes nothing from a service, which ${has} ${all}; to remove one, write npm init microservice remove ${commandOf[answer]} <name>`,
  );
}
