import { isObject, pointerOf, type References } from './contract-references.ts';

type Json = Record<string, unknown>;

/** Levels of a schema, references followed: twice as many as the data of an event may have. */
const MAX_DEPTH = 200;
/** What the schemas of one contract may take, references followed, in bytes: hundreds of events of a hundred fields. */
const MAX_BYTES = 8 * 2 ** 20;
/** About what a value takes beside its text. */
const VALUE_BYTES = 50;

/** A part of the result: the bytes that it stands for, and its levels. */
interface Expanded {
  value: unknown;
  bytes: number;
  height: number;
  /** Whether a schema in it was left open, since it would hold itself. */
  isOpen: boolean;
}

/**
 * Returns a function that gives a schema with each local `$ref` replaced by what it leads to. A schema that holds itself
 * stays open there. Any other schema is expanded once and shared, and what all results of the contract take as text is
 * bounded, as is their depth. Throws a UsageError of one line that names the file and the pointer.
 */
export function schemaExpansion({ follow, fault }: References): (schema: unknown) => Json {
  const known = new Map<Json, Expanded>();
  const open = new Set<Json>();
  let bytes = 0;

  function expand(value: unknown, at: string, depth: number): Expanded {
    if (depth > MAX_DEPTH) throw tooDeep(at);
    if (Array.isArray(value)) return container(value, at, depth);
    if (!isObject(value)) return leaf(value, at);
    return schemaAt(follow(value), pointerOf(value) ?? at, depth);
  }

  function schemaAt(schema: Json, at: string, depth: number): Expanded {
    if (open.has(schema)) return { ...leaf({}, at), isOpen: true };
    const before = known.get(schema);
    if (before) return again(before, at, depth);
    open.add(schema);
    const expanded = container(schema, at, depth);
    open.delete(schema);
    // where a schema in it was left open depends on the schemas around it
    if (!expanded.isOpen) known.set(schema, expanded);
    return expanded;
  }

  function container(from: unknown[] | Json, at: string, depth: number): Expanded {
    const isList = Array.isArray(from);
    const parts = Object.entries(from).map(([key, item]): [string, Expanded] => {
      count(isList ? 0 : key.length, at);
      return [key, expand(item, `${at}/${key}`, depth + 1)];
    });
    const own = leaf(undefined, at);
    for (const [key, part] of parts) {
      own.bytes += part.bytes + (isList ? 0 : key.length);
      own.height = Math.max(own.height, part.height + 1);
      own.isOpen ||= part.isOpen;
    }
    const entries = parts.map(([key, { value }]): [string, unknown] => [key, value]);
    return { ...own, value: isList ? entries.map(([, value]) => value) : Object.fromEntries(entries) };
  }

  function leaf(value: unknown, at: string): Expanded {
    const own = VALUE_BYTES + (typeof value === 'string' ? value.length : 0);
    count(own, at);
    return { value, bytes: own, height: 1, isOpen: false };
  }

  function again(expanded: Expanded, at: string, depth: number): Expanded {
    if (depth + expanded.height - 1 > MAX_DEPTH) throw tooDeep(at);
    count(expanded.bytes, at);
    return expanded;
  }

  function count(more: number, at: string): void {
    bytes += more;
    if (bytes > MAX_BYTES)
      throw fault(at, `makes the schemas too large: more than ${MAX_BYTES} bytes with references followed`);
  }

  const tooDeep = (at: string) => fault(at, `is nested more than ${MAX_DEPTH} levels deep`);
  return (schema) => expand(follow(schema), pointerOf(schema) ?? 'its payload', 1).value as Json;
}
