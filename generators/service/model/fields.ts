import { code, type Code } from '../../rendering/code.ts';
import { text } from '../../rendering/writers.ts';
import type { Field, FieldType } from './answers.ts';

/** The code of one field type in each layer of a service. */
interface FieldCode {
  type: Code;
  joi: Code;
  /** The JSON Schema that microservice-runtime generates from `joi`. */
  schema: JsonSchema;
  column: (name: string) => Code;
  /** Source text of a value that the schema refuses. */
  bad: Code;
}

export type JsonSchema = Record<string, unknown>;

const textSchema = { type: 'string', minLength: 1 };

export const fieldCodes: Record<FieldType, FieldCode> = {
  string: {
    type: code`string`,
    joi: code`textString(255)`,
    schema: { ...textSchema, maxLength: 255 },
    column: (name) => code`table.string(${text(name)})`,
    bad: code`42`,
  },
  text: {
    type: code`string`,
    joi: code`textString(10_000)`,
    schema: { ...textSchema, maxLength: 10_000 },
    column: (name) => code`table.text(${text(name)})`,
    bad: code`42`,
  },
  integer: {
    type: code`number`,
    joi: code`joi.number().integer().min(-2_147_483_648).max(2_147_483_647)`,
    schema: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
    column: (name) => code`table.integer(${text(name)})`,
    bad: code`'7'`,
  },
  bigint: {
    type: code`string`,
    joi: code`bigintString()`,
    schema: { ...textSchema, pattern: '^(0|-?[1-9]\\d{0,18})$', format: 'int64' },
    column: (name) => code`table.bigInteger(${text(name)})`,
    bad: code`'many'`,
  },
  decimal: {
    type: code`string`,
    joi: code`decimalString(20, 6)`,
    schema: { ...textSchema, pattern: '^-?(0|[1-9]\\d{0,13})(\\.\\d{1,6})?$', format: 'decimal' },
    column: (name) => code`table.decimal(${text(name)}, 20, 6)`,
    bad: code`'much'`,
  },
  boolean: {
    type: code`boolean`,
    joi: code`joi.boolean()`,
    schema: { type: 'boolean' },
    column: (name) => code`table.boolean(${text(name)})`,
    bad: code`'true'`,
  },
  date: {
    type: code`string`,
    joi: code`dateString()`,
    schema: { ...textSchema, pattern: '^\\d{4}-\\d{2}-\\d{2}$', format: 'date' },
    column: (name) => code`table.date(${text(name)})`,
    bad: code`'2023-02-29'`,
  },
  timestamp: {
    type: code`string`,
    joi: code`timestampString()`,
    schema: {
      ...textSchema,
      pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$',
      format: 'date-time',
    },
    column: (name) => code`table.timestamp(${text(name)}, { precision: 3 })`,
    bad: code`'noon'`,
  },
  uuid: {
    type: code`string`,
    joi: code`uuidString()`,
    schema: { ...textSchema, format: 'uuid' },
    column: (name) => code`table.uuid(${text(name)})`,
    bad: code`'not-a-uuid'`,
  },
  json: {
    type: code`unknown`,
    joi: code`jsonValue()`,
    schema: {},
    column: (name) => code`table.jsonb(${text(name)})`,
    bad: code`null`,
  },
};

/** Returns a consumer's check of a field: its type, without limits, which its producer may raise. */
export const tolerantJoi = (type: FieldType): Code => {
  if (type === 'string' || type === 'text') return code`joi.string().allow('')`;
  return type === 'integer' ? code`joi.number().integer()` : fieldCodes[type].joi;
};

/** The JSON Schema of `tolerantJoi`. */
export const tolerantSchema = (type: FieldType): JsonSchema => {
  if (type === 'string' || type === 'text') return { type: 'string' };
  return type === 'integer' ? { type: 'integer' } : fieldCodes[type].schema;
};

/** Returns the functions of microservice-runtime that `codeOf`, the joi text of a type, calls for `fields`, sorted. */
export const runtimeSchemas = (
  fields: Field[],
  also: string[] = [],
  codeOf = (type: FieldType): Code => fieldCodes[type].joi,
): string[] => {
  const called = fields.map(({ type }) => /^(\w+)\(/.exec(codeOf(type).text)?.[1]);
  return [...new Set([...also, ...called.filter((name) => name !== undefined)])].toSorted();
};
