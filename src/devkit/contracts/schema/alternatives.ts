import { type SchemaChange, shown } from './change.ts';
import type { Nested, Pair } from './schema.ts';

type CompareNested = (nested: Nested) => SchemaChange[];

/** Compares `anyOf` and `oneOf`. An alternative is kept if one on the other side does not differ from it. */
export function alternativeChanges(pair: Pair, compareNested: CompareNested): SchemaChange[] {
  return (['anyOf', 'oneOf'] as const).flatMap((keyword) => changesOf(keyword, pair, compareNested));
}

function changesOf(
  keyword: 'anyOf' | 'oneOf',
  { base, head, path }: Pair,
  compareNested: CompareNested,
): SchemaChange[] {
  const [before, after] = [base[keyword], head[keyword]];
  if (before === undefined && after === undefined) return [];
  const text = `${keyword} is ${shown(after)}, and was ${shown(before)}`;
  if (!Array.isArray(before)) return [{ rule: 'alternative-removed', path, text }]; // any data was valid
  if (!Array.isArray(after)) return [{ rule: 'alternative-added', path, text }];
  if (before.length === 1 && after.length === 1)
    return compareNested({ base: before[0], head: after[0], path });
  const isSame = (one: unknown, other: unknown): boolean =>
    compareNested({ base: one, head: other, path }).length === 0;
  const added = after.filter((one) => !before.some((other) => isSame(other, one)));
  const removed = before.filter((one) => !after.some((other) => isSame(one, other)));
  // of `oneOf` exactly one alternative may match, so a new one can exclude data
  const isExclusive = keyword === 'oneOf' && (added.length > 0 || before.length !== after.length);
  if (isExclusive) return [{ rule: 'constraint-changed', path, text }];
  return [
    ...added.map((one): SchemaChange => ({
      rule: 'alternative-added',
      path,
      text: `${shown(one)} is valid`,
    })),
    ...removed.map((one): SchemaChange => ({
      rule: 'alternative-removed',
      path,
      text: `${shown(one)} is no longer valid`,
    })),
  ];
}
