import { isObject, pointerOf, type References } from './contract-references.ts';

type Json = Record<string, unknown>;

/** The nesting limit of an expanded schema: twice that of an event's data. */
const MAX_DEPTH = 200;
/** The size limit of the expanded schemas of one contract, in bytes: hundreds of events of a hundred fields. */
const MAX_BYTES = 8 * 2 ** 20;
/** The approximate overhead of a value besides its text. */
const VALUE_BYTES = 50;

/** A part of the result: its size in bytes, and its levels. */
interface Expanded {
  value: unknown;
  bytes: number;
  height: number;
  /** Whether a schema in it was left open, because it contains itself. */
  isOpen: boolean;
}

/**
 * Returns a function that replaces each local `$ref` of a schema by its target. A schema that contains itself stays open
 * there. Any other schema is expanded once and shared; the total text of all results of the contract is limited, and so is
 * their depth. Throws a UsageError of one line with the file and the pointer.
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
    // the place where a schema was left open depends on the schemas around it
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
