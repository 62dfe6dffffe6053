import type { Field, FieldType } from './answers.ts';
import { fieldNameFault } from './name-rules.ts';

interface JsonSchema {
  type?: string | string[];
  format?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  not?: JsonSchema;
}

const formats: Record<string, FieldType> = {
  uuid: 'uuid',
  date: 'date',
  'date-time': 'timestamp',
  int64: 'bigint',
  decimal: 'decimal',
};

const int32 = 2 ** 31;
const longestString = 255;

/**
 * The columns in which a copy of this data can be kept. What has no column type of its own is json; a property whose
 * name cannot be a column is left out, and so are id, createdAt and updatedAt, and copiedAt, which is the copy's own.
 */
export function fieldsOfSchema(schema: Record<string, unknown>): Field[] {
  const { properties = {}, required = [] } = schema as JsonSchema;
  return Object.entries(properties)
    .filter(([name]) => name !== 'copiedAt' && fieldNameFault(name) === undefined)
    .map(([name, property]) => ({
      name,
      type: typeOf(nonNull(property)),
      unique: false,
      optional: !required.includes(name) || allowsNull(property),
      index: false,
    }));
}

const isNull = ({ type }: JsonSchema) => type === 'null';

/** A schema without any word about the type allows everything. */
function allowsNull({ type, anyOf, oneOf, not, ...rest }: JsonSchema): boolean {
  if (not && isNull(not)) return false;
  if (Array.isArray(type)) return type.includes('null');
  const options = [...(anyOf ?? []), ...(oneOf ?? [])];
  return options.length > 0
    ? options.some(isNull)
    : type === undefined && !('const' in rest) && !('enum' in rest);
}

/** The schema of the values that are not null, where there is exactly one. */
function nonNull(schema: JsonSchema): JsonSchema {
  const options = (schema.anyOf ?? schema.oneOf ?? []).filter((option) => !isNull(option));
  if (options.length === 1 && options[0]) return nonNull(options[0]);
  if (!Array.isArray(schema.type)) return schema;
  const types = schema.type.filter((type) => type !== 'null');
  const { type: _, ...rest } = schema;
  return types.length === 1 && types[0] ? { ...rest, type: types[0] } : rest;
}

function typeOf({
  type,
  format = '',
  maxLength = Infinity,
  minimum = 0,
  maximum = 0,
}: JsonSchema): FieldType {
  if (type === 'boolean') return 'boolean';
  if (type === 'integer') return minimum < -int32 || maximum >= int32 ? 'json' : 'integer';
  if (type !== 'string') return 'json';
  return formats[format] ?? (maxLength <= longestString ? 'string' : 'text');
}
