import type { JsonSchema } from '../../schemas/json-schema.ts';

/**
 * Formats for which generated clients have a type of their own: they would apply `pattern` and `minLength` to a date and
 * fail.
 */
const typedFormats = ['date', 'date-time', 'uuid'];
const annotations = ['description', 'title', 'examples', 'not'];

/**
 * Returns an equivalent JSON Schema that client generators understand. With openapi-generator 7.17, the Python client applies
 * `pattern` to its `datetime` and fails on each read; the Java client reads `format: decimal` as a number; and the Java
 * client sends null for an unset field without a type, unless it is wrapped in `allOf`.
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
