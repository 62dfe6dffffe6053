import type { JsonSchema } from '../schemas/json-schema.ts';

/** The name of an event type in generated code: `user.created` is `UserCreated`, its second version `UserCreatedV2`. */
export const titleOf = (type: string, version: number): string =>
  `${pascal(type)}${version === 1 ? '' : `V${version}`}`;

/** Returns the schema with a title for itself and every object in it; code generators use these as names of types. */
export function titled(schema: JsonSchema, title: string): JsonSchema {
  const { properties, items } = schema;
  return {
    ...(schema.type?.includes('object') ? { title } : {}),
    ...schema,
    ...(properties ? { properties: titledFields(properties, title) } : {}),
    ...(items ? { items: titled(items, `${title}Item`) } : {}),
  };
}

const titledFields = (properties: Record<string, JsonSchema>, title: string): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, titled(schema, title + pascal(name))]),
  );

const pascal = (text: string): string =>
  text
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
