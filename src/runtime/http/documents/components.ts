import { isDeepStrictEqual } from 'node:util';
import type joi from 'joi';
import { forClients } from './client-schema.ts';
import { toJsonSchema, type Direction, type JsonSchema, type Place } from '../../schemas/json-schema.ts';

/** The reusable schemas of a document, collected while its operations are written. */
export interface Components {
  readonly schemas: Record<string, JsonSchema>;
  /** Returns the JSON Schema of a joi schema; every named part becomes a component and a reference. */
  of(schema: joi.Schema, direction: Direction): JsonSchema;
}

/**
 * Starts with the given schemas. An output schema is named after its label. An input schema is too, or gets that name with
 * `Input` if the two differ, as they do with defaults; so request the output schema first. Throws if two schemas with the
 * same label differ in any other way.
 */
export function createComponents(schemas: Record<string, JsonSchema>): Components {
  const keep = (name: string, schema: JsonSchema, direction: Direction): JsonSchema => {
    const isOther = schemas[name] !== undefined && !isDeepStrictEqual(schemas[name], schema);
    if (isOther && direction === 'input' && !name.endsWith('Input'))
      return keep(`${name}Input`, schema, direction);
    if (isOther)
      throw new Error(`Two different schemas have the label "${name}". Give each schema its own label.`);
    schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  };
  return {
    schemas,
    of(schema, direction) {
      const place: Place = (label, own) => keep(componentName(label), forClients(own), direction);
      const { $defs = {}, ...written } = toJsonSchema(schema, direction, place);
      for (const [id, definition] of Object.entries($defs))
        keep(id, forClients(hoisted(definition)), direction);
      return forClients(hoisted(written));
    },
  };
}

/** joi's links point into the schema's own `$defs`; in the document, these are components. */
function hoisted(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const moved: JsonSchema = JSON.parse(text);
  return moved;
}

/** Converts `new user` to `NewUser`: OpenAPI allows letters, digits, dots, hyphens and underscores. */
function componentName(label: string): string {
  return label.replaceAll(/(?:^|[^\w.-]+)(\w?)/g, (_, letter: string) => letter.toUpperCase());
}
