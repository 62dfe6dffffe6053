import type { JsonSchema } from '../../schemas/json-schema.ts';

/** Formats for which a generated client has a type of its own: it applies `pattern` and `minLength` to a date and fails. */
const typedFormats = ['date', 'date-time', 'uuid'];
const annotations = ['description', 'title', 'examples', 'not'];

/**
 * A JSON Schema that says the same in words that generators of clients understand. With openapi-generator 7.17: the Python client
 * applies `pattern` to its `datetime` and fails on each read; the Java client takes `format: decimal` for a number; and the Java
 * client sends null for a field of any type that nobody set, unless an `allOf` stands around it.
 */
export function forClients(schema: JsonSchema): JsonSchema {
  const { format, pattern, minLength, properties, items, anyOf, ...rest } = schema;
  const isTyped = format !== undefined && typedFormats.includes(format);
  return {
    ...rest,
    ...(format === undefined || format === 'decimal' ? {} : { format }),
    ...(pattern === undefined || isTyped ? {} : { pattern }),
    ...(minLength === undefined || isTyped ? {} : { minLength }),
    ...(properties ? { properties: fieldsForClients(properties) } : {}),
    ...(items ? { items: forClients(items) } : {}),
    ...(anyOf ? { anyOf: anyOf.map(forClients) } : {}),
  };
}

const fieldsForClients = (properties: Record<string, JsonSchema>): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      isAny(schema) ? { ...schema, allOf: [{}] } : forClients(schema),
    ]),
  );

const isAny = (schema: JsonSchema): boolean =>
  Object.keys(schema).every((keyword) => annotations.includes(keyword));
