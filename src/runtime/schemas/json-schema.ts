import type joi from 'joi';

/** A JSON Schema of draft 2020-12, the version of OpenAPI 3.1 and AsyncAPI 3. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string | string[];
  format?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  $defs?: Record<string, JsonSchema>;
}

/** `input` is the form that a sender may write; `output` is the form that a reader gets, with defaults. */
export type Direction = 'input' | 'output';

/** Moves a named schema to its own place, and returns its replacement, such as a reference. */
export type Place = (name: string, schema: JsonSchema) => JsonSchema;

/** The parts of joi's `describe()` that joi's JSON Schema omits. */
interface Description {
  flags?: { label?: string };
  metas?: { jsonSchema?: JsonSchema }[];
  examples?: unknown[];
  invalid?: unknown[];
  keys?: Record<string, Description>;
  items?: Description[];
}

/**
 * Returns the JSON Schema of a joi schema: joi's own conversion plus the parts that it omits: examples, the keywords of
 * `.meta({ jsonSchema: { format: 'int64' } })`, the values that `invalid()` refuses, and null in the values of a nullable
 * `valid()`. An object with a `label()` is passed to `place`.
 */
export function toJsonSchema(
  schema: joi.Schema,
  direction: Direction = 'input',
  place: Place = (_name, own) => own,
): JsonSchema {
  const converted: JsonSchema = schema['~standard'].jsonSchema[direction]({ target: 'draft-2020-12' });
  return complete(converted, schema.describe(), place);
}

function complete(converted: JsonSchema, description: Description, place: Place): JsonSchema {
  const own: JsonSchema = { ...converted, ...details(description) };
  if (own.properties && description.keys)
    own.properties = completeKeys(own.properties, description.keys, place);
  if (own.items && description.items?.length === 1 && description.items[0]) {
    own.items = complete(own.items, description.items[0], place);
  }
  if (own.enum && own.type?.includes('null') && !own.enum.includes(null)) own.enum = [...own.enum, null];
  if (own.type !== undefined && !own.type.includes('null') && isNotNull(own['not'])) delete own['not'];
  if (own.format === 'ip') delete own.format; // joi's name for "ipv4 or ipv6", which JSON Schema does not have
  const label = description.flags?.label;
  return label !== undefined && own.type === 'object' ? place(label, own) : own;
}

/** `not: { type: 'null' }` says nothing about a schema with a type. */
const isNotNull = (schema: unknown) => Object(schema).type === 'null';

function completeKeys(
  properties: Record<string, JsonSchema>,
  keys: Record<string, Description>,
  place: Place,
): Record<string, JsonSchema> {
  const completed: Record<string, JsonSchema> = {};
  for (const [key, value] of Object.entries(properties))
    completed[key] = complete(value, keys[key] ?? {}, place);
  return completed;
}

function details({ examples, invalid = [], metas = [] }: Description): JsonSchema {
  const own: JsonSchema = { ...(examples ? { examples } : {}), ...without(invalid) };
  for (const { jsonSchema } of metas) Object.assign(own, jsonSchema);
  return own;
}

/** References and the like are known only during validation. */
function without(invalid: unknown[]): JsonSchema {
  const values = invalid.filter((value) => value === null || typeof value !== 'object');
  if (values.length === 0) return {};
  return { not: values.length === 1 && values[0] === null ? { type: 'null' } : { enum: values } };
}
