import { isObject, type JsonObject, resolvePointer, textAt } from './json.ts';

/** A JSON Schema of draft 2020-12 without `$ref` on its first level; `false` accepts nothing. */
export type Schema = JsonObject | false;

/** Two schemas at one place. */
export interface Pair {
  base: JsonObject;
  head: JsonObject;
  path: string;
}

/** Two values of schemas at one place, whose references are not resolved. */
export interface Nested {
  base: unknown;
  head: unknown;
  path: string;
}

/** Keywords that describe data and restrict none of it (JSON Schema Validation 2020-12, section 9), and extensions `x-`. */
const annotation =
  /^(?:title|description|default|examples?|deprecated|readOnly|writeOnly|\$comment|\$defs|\$id|\$schema|\$anchor|definitions|discriminator|xml|externalDocs|content(?:Encoding|MediaType|Schema)|x-.*)$/;
/** Keywords that have rules of their own. */
const compared =
  /^(?:type|nullable|enum|const|properties|required|additionalProperties|items|prefixItems|anyOf|oneOf|pattern|format|multipleOf|uniqueItems|(?:exclusiveM|m)(?:in|ax)imum|(?:min|max)(?:Length|Items|Properties))$/;

/** Reports whether the keyword restricts data and has no rule of its own. */
export const isOther = (keyword: string): boolean => !annotation.test(keyword) && !compared.test(keyword);

/**
 * Returns the schema at a place of a document. A reference is replaced by its target; `allOf`, and keywords next to a reference, are
 * merged if no keyword is restricted twice. The values of keywords without a rule of their own have no references at all.
 */
export function schemaOf(document: unknown, value: unknown, depth = 0): Schema {
  if (value === false) return false;
  if (!isObject(value) || depth > deepest) return {};
  const { $ref, allOf, ...own } = value;
  const rest = Object.fromEntries(
    Object.entries(own).map(([name, each]) => [name, isOther(name) ? expanded(document, each) : each]),
  );
  if ($ref === undefined && !Array.isArray(allOf)) return rest;
  const referenced = typeof $ref === 'string' ? [resolvePointer(document, $ref)] : [];
  const listed: unknown[] = Array.isArray(allOf) ? allOf : [];
  const parts = [...referenced, ...listed].map((part) => schemaOf(document, part, depth + 1));
  return merged([rest, ...parts]) ?? { ...rest, allOf: parts.map((part) => expanded(document, part)) };
}

/** A chain of references, or a value with references in it, is followed to this depth. */
const deepest = 30;

/** Returns the value with each reference replaced by its target. */
function expanded(document: unknown, value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((each) => expanded(document, each, depth + 1));
  if (!isObject(value) || depth > deepest) return value;
  const { $ref, ...others } = value;
  const members = Object.entries(others).map(([name, each]) => [name, expanded(document, each, depth + 1)]);
  if (typeof $ref !== 'string') return Object.fromEntries(members);
  return {
    ...Object.fromEntries(members),
    $ref: expanded(document, resolvePointer(document, $ref), depth + 1),
  };
}

/** Undefined if two parts restrict the same keyword in different ways; such a schema is compared as a whole. */
function merged(parts: Schema[]): Schema | undefined {
  const all: JsonObject = {};
  for (const part of parts) {
    if (part === false) return false;
    for (const [keyword, value] of Object.entries(part)) {
      const isNew = !Object.hasOwn(all, keyword) || annotation.test(keyword);
      const both = isNew ? value : mergedValue(keyword, all[keyword], value);
      if (both === undefined) return undefined;
      all[keyword] = both;
    }
  }
  return all;
}

function mergedValue(keyword: string, one: unknown, other: unknown): unknown {
  if (canonical(one) === canonical(other)) return one;
  if (keyword === 'required' && Array.isArray(one) && Array.isArray(other))
    return [...new Set<unknown>([...one, ...other])];
  if (keyword !== 'properties' || !isObject(one) || !isObject(other)) return undefined;
  const isSplit = Object.keys(one).some(
    (name) => Object.hasOwn(other, name) && canonical(one[name]) !== canonical(other[name]),
  );
  return isSplit ? undefined : { ...one, ...other };
}

/** Objects are equal in whatever order their members are (JSON Schema Core 2020-12, section 4.2.2). */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? '';
  const members = Object.keys(value).toSorted();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** Identifies two references, to end the comparison of recursive schemas; undefined if one side is not a reference. */
export function referencesOf({ base, head }: Nested): string | undefined {
  const areReferences = [base, head].every((value) => textAt(value, '$ref') !== undefined);
  return areReferences ? canonical([base, head]) : undefined;
}
