import type joi from 'joi';

export type JsonSchema = { [keyword: string]: unknown };

interface Description {
  keys?: Record<string, Description>;
  items?: Description[];
  metas?: { jsonSchema?: JsonSchema }[];
  notes?: string[];
  examples?: unknown[];
  flags?: { description?: string };
}

/**
 * The JSON Schema (draft 2020-12) of a joi schema: joi's own conversion, with what it leaves out: descriptions, examples
 * and the keywords given by `.meta({ jsonSchema: { format: 'int64' } })`.
 * `input` is what a sender may write, `output` what a reader gets (defaults are filled in).
 */
export function toJsonSchema(schema: joi.Schema, direction: 'input' | 'output' = 'input'): JsonSchema {
  const standard = schema['~standard'] as unknown as {
    jsonSchema: Record<'input' | 'output', (options: { target: string }) => JsonSchema>;
  };
  const { $schema: _, ...converted } = standard.jsonSchema[direction]({ target: 'draft-2020-12' });
  return complete(converted, schema.describe() as Description);
}

function complete(converted: JsonSchema, description: Description): JsonSchema {
  const completed: JsonSchema = { ...converted };
  const properties = converted['properties'] as Record<string, JsonSchema> | undefined;
  if (properties) {
    completed['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, complete(value, description.keys?.[name] ?? {})]),
    );
  }
  const item = description.items?.[0];
  if (item && description.items?.length === 1 && converted['items']) {
    completed['items'] = complete(converted['items'] as JsonSchema, item);
  }
  if (description.flags?.description) completed['description'] = description.flags.description;
  if (description.examples) completed['examples'] = description.examples;
  return Object.assign(completed, ...(description.metas ?? []).map((meta) => meta.jsonSchema ?? {}));
}
