import { listAt } from './json.ts';
import type { SchemaChange } from './change.ts';
import type { Schema } from './schema.ts';

/** The types of JSON Schema; a number that is not an integer is a type of its own here. */
type Kind = 'null' | 'boolean' | 'object' | 'array' | 'string' | 'integer' | 'fraction';

const all: readonly Kind[] = ['null', 'boolean', 'object', 'array', 'string', 'integer', 'fraction'];

/** Returns the types that the schema accepts. A schema without a type accepts all, or those of its values. */
export function kindsOf(schema: Schema): Set<Kind> {
  if (schema === false) return new Set();
  const { type, nullable } = schema;
  const values = valuesOf(schema);
  if (type === undefined) return new Set(values ? values.map(kindOf) : all);
  const names = Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : [];
  const kinds = new Set(names.flatMap(kindsOfName));
  if (nullable === true) kinds.add('null'); // OpenAPI 3.0
  return kinds;
}

/** Returns the values that `enum` or `const` lists; undefined if the schema has neither. */
export function valuesOf(schema: Schema): readonly unknown[] | undefined {
  if (schema === false) return [];
  if ('const' in schema) return [schema['const']];
  return 'enum' in schema ? listAt(schema, 'enum') : undefined;
}

const kindsOfName = (name: string): Kind[] =>
  name === 'number' ? ['integer', 'fraction'] : all.filter((kind) => kind === name);

/** An integer may have a fraction of zero (JSON Schema Core 2020-12, section 4.2.3). */
function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  return all.find((kind) => kind === typeof value) ?? 'object';
}

/** Compares the types. */
export function typeChanges(base: Schema, head: Schema, path: string): SchemaChange[] {
  const [before, after] = [kindsOf(base), kindsOf(head)];
  const added = [...after].filter((kind) => !before.has(kind));
  const removed = [...before].filter((kind) => !after.has(kind));
  if (added.length === 0 && removed.length === 0) return [];
  const text = `the type is ${namesOf(after)}, and was ${namesOf(before)}`;
  if (removed.length === 0) return [{ rule: 'type-widened', path, text }];
  return [{ rule: added.length === 0 ? 'type-narrowed' : 'type-changed', path, text }];
}

function namesOf(kinds: Set<Kind>): string {
  if (kinds.size === all.length) return 'any';
  const names = [...kinds].filter((kind) => kind !== 'fraction' || !kinds.has('integer'));
  const shown = names.map((kind) => (kind === 'integer' && kinds.has('fraction') ? 'number' : kind));
  return shown.join(' or ') || 'none';
}
