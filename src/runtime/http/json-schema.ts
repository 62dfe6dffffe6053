import type joi from 'joi';

/** A JSON Schema of draft 2020-12, which is the one of OpenAPI 3.1. */
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

/** `input` is what may be sent; `output` is what is delivered, with defaults filled in. */
export type Direction = 'input' | 'output';

/** Gives a schema with a name a place of its own, and returns the reference that stands for it. */
export type Name = (name: string, schema: JsonSchema) => JsonSchema;

/** The part of joi's `describe()` that its JSON Schema leaves out. */
interface Description {
  flags?: { label?: string };
  allow?: unknown[];
  metas?: { jsonSchema?: JsonSchema }[];
  examples?: unknown[];
  keys?: Record<string, Description>;
  items?: Description[];
  whens?: unknown[];
}

/**
 * The JSON Schema of a joi schema. Beside what joi itself writes: examples, `meta({ jsonSchema })`, which is laid over
 * the rest, null among the values of a nullable `valid()`, and objects with a `label()` handed to `name`.
 */
export function jsonSchema(
  schema: joi.Schema,
  direction: Direction,
  name: Name = (_name, own) => own,
): JsonSchema {
  const written: JsonSchema = schema['~standard'].jsonSchema[direction]({ target: 'draft-2020-12' });
  return complete(written, schema.describe(), name);
}

function complete(written: JsonSchema, description: Description, name: Name): JsonSchema {
  const own = { ...written, ...details(description) };
  if (own.properties && description.keys)
    own.properties = completeKeys(own.properties, description.keys, name);
  if (own.items && description.items?.length === 1 && description.items[0]) {
    own.items = complete(own.items, description.items[0], name);
  }
  if (own.enum && own.type?.includes('null') && !own.enum.includes(null)) own.enum = [...own.enum, null];
  if (own.format === 'ip') delete own.format;
  const label = description.flags?.label;
  return label !== undefined && own.type === 'object' ? name(componentName(label), own) : own;
}

function completeKeys(
  properties: Record<string, JsonSchema>,
  keys: Record<string, Description>,
  name: Name,
): Record<string, JsonSchema> {
  const entries = Object.entries(properties).map(([key, value]) => [
    key,
    complete(value, keys[key] ?? {}, name),
  ]);
  const completed: Record<string, JsonSchema> = Object.fromEntries(entries);
  return completed;
}

function details({ examples, metas = [] }: Description): JsonSchema {
  const own: JsonSchema = examples ? { examples } : {};
  for (const { jsonSchema: override } of metas) Object.assign(own, override);
  return own;
}

/** `new user` as `NewUser`: OpenAPI allows letters, digits, dots, hyphens and underscores. */
function componentName(label: string): string {
  return label.replaceAll(/(?:^|[^\w.-]+)(\w?)/g, (_, letter: string) => letter.toUpperCase());
}
