import { isDeepStrictEqual } from 'node:util';
import type joi from 'joi';
import { toJsonSchema, type Direction, type JsonSchema } from '../schemas/json-schema.ts';

/** The reusable schemas of a document, collected while its operations are written. */
export interface Components {
  readonly schemas: Record<string, JsonSchema>;
  /** The JSON Schema of a joi schema; whatever in it has a name becomes a component and a reference. */
  of(schema: joi.Schema, direction: Direction): JsonSchema;
}

/** Starts with the schemas given. Throws when two schemas that differ have the same label. */
export function createComponents(schemas: Record<string, JsonSchema>): Components {
  const keep = (name: string, schema: JsonSchema): JsonSchema => {
    if (schemas[name] && !isDeepStrictEqual(schemas[name], schema)) {
      throw new Error(`Two different schemas are labelled "${name}"; give each a label of its own.`);
    }
    schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  };
  return {
    schemas,
    of(schema, direction) {
      const { $defs = {}, ...written } = toJsonSchema(schema, direction, (label, own) =>
        keep(componentName(label), own),
      );
      for (const [id, definition] of Object.entries($defs)) keep(id, hoisted(definition));
      return hoisted(written);
    },
  };
}

/** Links of joi point into the schema's own `$defs`; in the document these are components. */
function hoisted(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const moved: JsonSchema = JSON.parse(text);
  return moved;
}

/** `new user` as `NewUser`: OpenAPI allows letters, digits, dots, hyphens and underscores. */
function componentName(label: string): string {
  return label.replaceAll(/(?:^|[^\w.-]+)(\w?)/g, (_, letter: string) => letter.toUpperCase());
}
