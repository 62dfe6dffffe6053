import { listAt } from './json.ts';
import { alternativeChanges } from './alternatives.ts';
import { type SchemaChange, shown } from './change.ts';
import { limitChanges } from './limits.ts';
import { otherPropertyParts, type ComparedParts, propertyParts } from './objects.ts';
import { canonical, isOther, type Nested, type Pair, referencesOf, schemaOf } from './schema.ts';
import { kindsOf, typeChanges } from './types.ts';
import { enumChanges, textChanges } from './values.ts';

/** A schema, and the document into which its references lead. */
export interface Located {
  document: unknown;
  schema: unknown;
}

/** Schemas that are nested deeper are compared as a whole. */
const deepest = 60;

/**
 * Returns the differences between two JSON Schemas of draft 2020-12, as joi and OpenAPI 3.1 write them. No restriction is
 * overlooked: a keyword without a rule of its own must be equal on both sides, else it is a `constraint-changed`. `format` counts as a
 * restriction, which the specification leaves to the validator (JSON Schema Validation 2020-12, section 7.2).
 */
export function compareSchemas(before: Located, after: Located): SchemaChange[] {
  const active = new Set<string>();

  function compare(nested: Nested, depth: number): SchemaChange[] {
    const references = referencesOf(nested);
    if (references !== undefined && active.has(references)) return []; // a recursive schema: under comparison already
    if (references !== undefined) active.add(references);
    try {
      return compareAt(nested, depth);
    } finally {
      if (references !== undefined) active.delete(references);
    }
  }

  function compareAt({ path, ...nested }: Nested, depth: number): SchemaChange[] {
    const base = schemaOf(before.document, nested.base);
    const head = schemaOf(after.document, nested.head);
    const types = typeChanges(base, head, path);
    if (base === false || head === false || types.some(({ rule }) => rule === 'type-changed')) return types;
    const pair = { base, head, path };
    if (depth > deepest) return canonical(base) === canonical(head) ? [] : [constraintChange('schema', pair)];
    const compareNested = (each: Nested) => compare(each, depth + 1);
    const parts = [...objectParts(pair), itemParts(pair)];
    return [
      ...types,
      ...[enumChanges, limitChanges, textChanges, otherChanges].flatMap((changesOf) => changesOf(pair)),
      ...alternativeChanges(pair, compareNested),
      ...parts.flatMap(({ changes, nested: inner }) => [...changes, ...inner.flatMap(compareNested)]),
    ];
  }

  return compare({ base: before.schema, head: after.schema, path: '' }, 0);
}

function objectParts(pair: Pair): ComparedParts[] {
  const areObjects = kindsOf(pair.base).has('object') && kindsOf(pair.head).has('object');
  return areObjects ? [...propertyParts(pair), otherPropertyParts(pair)] : [];
}

/** `items` applies to the elements after those of `prefixItems`. Absent, it accepts all. */
function itemParts({ base, head, path }: Pair): ComparedParts {
  const [before, after] = [listAt(base, 'prefixItems'), listAt(head, 'prefixItems')];
  const nested = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => ({
    base: index < before.length ? before[index] : base['items'],
    head: index < after.length ? after[index] : head['items'],
    path: `${path}[${index}]`,
  }));
  const rest = { base: base['items'], head: head['items'], path: `${path}[]` };
  const hasRest = rest.base !== undefined || rest.head !== undefined;
  return { changes: [], nested: hasRest ? [...nested, rest] : nested };
}

/** Keywords that only restrict, whatever other keywords there are. */
const restricting = /^(?:not|dependentRequired|dependentSchemas|propertyNames)$/;

function otherChanges(pair: Pair): SchemaChange[] {
  const { base, head } = pair;
  const keywords = new Set([...Object.keys(base), ...Object.keys(head)].filter(isOther));
  return [...keywords]
    .filter((keyword) => canonical(base[keyword]) !== canonical(head[keyword]))
    .map((keyword) => constraintChange(keyword, pair));
}

function constraintChange(keyword: string, { base, head, path }: Pair): SchemaChange {
  const [before, after] = [base[keyword], head[keyword]];
  const text = `"${keyword}" is ${shown(after)}, and was ${shown(before)}`;
  if (!restricting.test(keyword)) return { rule: 'constraint-changed', path, text };
  if (before === undefined) return { rule: 'constraint-added', path, text };
  return { rule: after === undefined ? 'constraint-removed' : 'constraint-changed', path, text };
}
