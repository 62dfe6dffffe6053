import { type SchemaChange, shown } from './change.ts';
import { canonical, type Pair } from './schema.ts';
import { kindsOf, valuesOf } from './types.ts';

/** Compares the listed values: `enum` and `const`. */
export function enumChanges({ base, head, path }: Pair): SchemaChange[] {
  const hasNullType = kindsOf(base).has('null') !== kindsOf(head).has('null'); // a change of the type, which is reported
  const listed = (values: readonly unknown[] | undefined) =>
    values?.filter((value) => value !== null || !hasNullType);
  const [before, after] = [listed(valuesOf(base)), listed(valuesOf(head))];
  if (!before && !after) return [];
  if (!before) return [{ rule: 'enum-added', path, text: `only ${shown(after)} are valid` }];
  if (!after) return [{ rule: 'enum-removed', path, text: `values other than ${shown(before)} are valid` }];
  return [
    ...missing(after, before).map((value): SchemaChange => ({
      rule: 'enum-value-added',
      path,
      text: `${shown(value)} is a new value`,
    })),
    ...missing(before, after).map((value): SchemaChange => ({
      rule: 'enum-value-removed',
      path,
      text: `${shown(value)} is no longer valid`,
    })),
  ];
}

function missing(values: readonly unknown[], from: readonly unknown[]): unknown[] {
  const known = new Set(from.map(canonical));
  return values.filter((value) => !known.has(canonical(value)));
}

/** Compares `pattern` and `format`. No program can tell whether one pattern accepts all that another one accepts. */
export function textChanges({ base, head, path }: Pair): SchemaChange[] {
  return (['pattern', 'format'] as const).flatMap((keyword): SchemaChange[] => {
    const [before, after] = [base[keyword], head[keyword]];
    if (before === after) return [];
    if (before === undefined)
      return [{ rule: `${keyword}-added`, path, text: `the ${keyword} ${shown(after)} is new` }];
    if (after === undefined)
      return [{ rule: `${keyword}-removed`, path, text: `the ${keyword} ${shown(before)} is removed` }];
    const text = `the ${keyword} is ${shown(after)}, and was ${shown(before)}`;
    return [{ rule: `${keyword}-changed`, path, text }];
  });
}
