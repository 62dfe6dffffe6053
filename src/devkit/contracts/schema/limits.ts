import type { JsonObject } from './json.ts';
import type { SchemaChange } from './change.ts';
import type { Pair } from './schema.ts';
import { kindsOf } from './types.ts';

/** A keyword that limits a number, a length or a count; `kind` is the type of data to which it applies. */
interface Limit {
  keyword: string;
  end: 'lower' | 'upper';
  kind: 'integer' | 'string' | 'array' | 'object';
}

const limits: readonly Limit[] = [
  { keyword: 'minimum', end: 'lower', kind: 'integer' },
  { keyword: 'exclusiveMinimum', end: 'lower', kind: 'integer' },
  { keyword: 'maximum', end: 'upper', kind: 'integer' },
  { keyword: 'exclusiveMaximum', end: 'upper', kind: 'integer' },
  { keyword: 'minLength', end: 'lower', kind: 'string' },
  { keyword: 'maxLength', end: 'upper', kind: 'string' },
  { keyword: 'minItems', end: 'lower', kind: 'array' },
  { keyword: 'maxItems', end: 'upper', kind: 'array' },
  { keyword: 'minProperties', end: 'lower', kind: 'object' },
  { keyword: 'maxProperties', end: 'upper', kind: 'object' },
];

/** Compares the limits of numbers, lengths and counts. A limit has no effect on types that neither schema accepts. */
export function limitChanges(pair: Pair): SchemaChange[] {
  const kinds = new Set([...kindsOf(pair.base), ...kindsOf(pair.head)]);
  const applies = ({ kind }: Limit) => kinds.has(kind) || (kind === 'integer' && kinds.has('fraction'));
  return [
    ...limits.filter(applies).flatMap((limit) => limitChange(limit, pair)),
    ...divisorChanges(pair),
    ...uniquenessChanges(pair),
  ];
}

function limitChange({ keyword, end, kind }: Limit, { base, head, path }: Pair): SchemaChange[] {
  const none = end === 'upper' ? Infinity : kind === 'integer' ? -Infinity : 0;
  const [before, after] = [numberAt(base, keyword) ?? none, numberAt(head, keyword) ?? none];
  if (before === after) return [];
  const isNarrower = end === 'lower' ? after > before : after < before;
  const said = (value: number): string => (Number.isFinite(value) ? String(value) : 'absent');
  const text = `${keyword} is ${said(after)}, and was ${said(before)}`;
  return [{ rule: isNarrower ? 'range-narrowed' : 'range-widened', path, text }];
}

/** Every multiple of 6 is a multiple of 3. */
function divisorChanges({ base, head, path }: Pair): SchemaChange[] {
  const [before, after] = [numberAt(base, 'multipleOf'), numberAt(head, 'multipleOf')];
  if (before === after) return [];
  const text = `multipleOf is ${after ?? 'absent'}, and was ${before ?? 'absent'}`;
  const isNarrower = before === undefined || (after !== undefined && isMultiple(after, before));
  if (isNarrower) return [{ rule: 'range-narrowed', path, text }];
  const isWider = after === undefined || isMultiple(before, after);
  return [{ rule: isWider ? 'range-widened' : 'constraint-changed', path, text }];
}

const isMultiple = (value: number, of: number): boolean => Number.isInteger(value / of);

function uniquenessChanges({ base, head, path }: Pair): SchemaChange[] {
  const [before, after] = [base['uniqueItems'] === true, head['uniqueItems'] === true];
  if (before === after) return [];
  const text = `the items ${after ? 'must be' : 'are no longer'} unique`;
  return [{ rule: after ? 'range-narrowed' : 'range-widened', path, text }];
}

const numberAt = (schema: JsonObject, keyword: string): number | undefined =>
  typeof schema[keyword] === 'number' ? schema[keyword] : undefined;
