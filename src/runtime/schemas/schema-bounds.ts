import type joi from 'joi';
import { MAX_DEPTH } from './json-faults.ts';

/** The most parts of a schema when it is expanded: joi describes, validates and converts it as a tree. */
const MAX_PARTS = 10_000;

interface Size {
  parts: number;
  depth: number;
}

/**
 * Returns the reason why a schema is too large to be registered; undefined if it is not. Takes time proportional to the
 * number of distinct parts: a schema that contains another one twice, which contains a third one twice, and so on, is small
 * in memory but expands to gigabytes.
 */
export function schemaFault(schema: joi.Schema): string | undefined {
  const known = new Map<joi.Schema, Size>();

  function sizeOf(part: joi.Schema, level: number): Size {
    const before = known.get(part);
    if (before) return before;
    const size: Size = { parts: 1, depth: 1 };
    // deeper parts are too deep whatever they contain, and the stack is finite
    for (const each of level > MAX_DEPTH ? [] : partsOf(part)) {
      const own = sizeOf(each, level + 1);
      size.parts += own.parts;
      size.depth = Math.max(size.depth, own.depth + 1);
    }
    known.set(part, size);
    return size;
  }

  const { parts, depth } = sizeOf(schema, 0);
  if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} levels deep`;
  return parts > MAX_PARTS ? `has more than ${MAX_PARTS} parts when expanded` : undefined;
}

/** Throws an error that names the schema if it is too large. */
export function checkSchema(schema: joi.Schema, name: string): void {
  const fault = schemaFault(schema);
  if (fault !== undefined) throw new Error(`${name} ${fault}; make it smaller, or use joi.link()`);
}

/** joi documents `$_modify` for extensions; with an `each` that changes nothing, it visits all parts. */
function partsOf(schema: joi.Schema): joi.Schema[] {
  const parts: joi.Schema[] = [];
  const each = (part: joi.Schema) => {
    parts.push(part);
    return part;
  };
  schema.$_modify({ each, ref: false } as unknown as joi.ModifyOptions);
  return parts;
}
