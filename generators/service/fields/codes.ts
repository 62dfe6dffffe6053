import { code, list, type Code } from '../../rendering/code.ts';
import { text } from '../../rendering/writers.ts';
import type { Field, FieldType } from '../model/answers.ts';
import { decimalPattern, emailPattern, urlPattern } from './patterns.ts';

/** The code of one field in each layer of a service. */
export interface FieldCode {
  type: Code;
  joi: Code;
  /** The JSON Schema that microservice-runtime generates from `joi`. */
  schema: JsonSchema;
  /** The column without its constraints. */
  column: (name: string) => Code;
  /** Source text of a value that the schema refuses. */
  bad: Code;
}

export type JsonSchema = Record<string, unknown>;

const textSchema = { type: 'string', minLength: 1 };

/** The length of a string whose field states none. */
const STRING = 255;
const TEXT = 10_000;
/** The longest address of RFC 5321, section 4.5.3.1.3, without its angle brackets. */
const EMAIL = 254;
const URL = 2_048;

const codes: Record<FieldType, (field: Field) => FieldCode> = {
  string: ({ length = STRING }) => ({
    type: code`string`,
    joi: code`textString(${grouped(length)})`,
    schema: { ...textSchema, maxLength: length },
    column: (name) =>
      length === STRING
        ? code`table.string(${text(name)})`
        : code`table.string(${text(name)}, ${grouped(length)})`,
    bad: code`42`,
  }),
  text: () => ({
    type: code`string`,
    joi: code`textString(${grouped(TEXT)})`,
    schema: { ...textSchema, maxLength: TEXT },
    column: (name) => code`table.text(${text(name)})`,
    bad: code`42`,
  }),
  email: () => ({
    type: code`string`,
    joi: code`emailString()`,
    schema: { ...textSchema, maxLength: EMAIL, pattern: emailPattern, format: 'email' },
    column: (name) => code`table.string(${text(name)}, ${EMAIL})`,
    bad: code`'not-an-email'`,
  }),
  url: () => ({
    type: code`string`,
    joi: code`urlString()`,
    schema: { ...textSchema, maxLength: URL, pattern: urlPattern, format: 'uri' },
    column: (name) => code`table.string(${text(name)}, ${grouped(URL)})`,
    bad: code`'not-a-url'`,
  }),
  integer: () => ({
    type: code`number`,
    joi: code`joi.number().integer().min(-2_147_483_648).max(2_147_483_647)`,
    schema: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
    column: (name) => code`table.integer(${text(name)})`,
    bad: code`'7'`,
  }),
  bigint: () => ({
    type: code`string`,
    joi: code`bigintString()`,
    schema: { ...textSchema, pattern: '^(0|-?[1-9]\\d{0,18})$', format: 'int64' },
    column: (name) => code`table.bigInteger(${text(name)})`,
    bad: code`'many'`,
  }),
  decimal: ({ digits }) => ({
    type: code`string`,
    joi: digits ? code`decimalString(${digits.precision}, ${digits.scale})` : code`decimalString()`,
    schema: { ...textSchema, pattern: decimalPattern(digits), format: 'decimal' },
    column: (name) =>
      digits
        ? code`table.decimal(${text(name)}, ${digits.precision}, ${digits.scale})`
        : code`table.decimal(${text(name)}, null)`,
    bad: code`'much'`,
  }),
  boolean: () => ({
    type: code`boolean`,
    joi: code`joi.boolean()`,
    schema: { type: 'boolean' },
    column: (name) => code`table.boolean(${text(name)})`,
    bad: code`'true'`,
  }),
  date: () => ({
    type: code`string`,
    joi: code`dateString()`,
    schema: { ...textSchema, pattern: '^\\d{4}-\\d{2}-\\d{2}$', format: 'date' },
    column: (name) => code`table.date(${text(name)})`,
    bad: code`'2023-02-29'`,
  }),
  timestamp: () => ({
    type: code`string`,
    joi: code`timestampString()`,
    schema: {
      ...textSchema,
      pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$',
      format: 'date-time',
    },
    column: (name) => code`table.timestamp(${text(name)}, { precision: 3 })`,
    bad: code`'noon'`,
  }),
  uuid: () => uuid,
  json: () => ({
    type: code`unknown`,
    joi: code`jsonValue()`,
    schema: {},
    column: (name) => code`table.jsonb(${text(name)})`,
    bad: code`null`,
  }),
  enum: ({ values = [] }) => ({
    type: list(values.map(text), code` | `),
    joi: code`joi.string().valid(${list(values.map(text))})`,
    schema: { type: 'string', enum: values },
    column: (name) => code`table.text(${text(name)})`,
    bad: code`'-'`,
  }),
  reference: () => uuid,
};

const uuid: FieldCode = {
  type: code`string`,
  joi: code`uuidString()`,
  schema: { ...textSchema, format: 'uuid' },
  column: (name) => code`table.uuid(${text(name)})`,
  bad: code`'not-a-uuid'`,
};

/** Returns a whole number as prettier and the linter want it: `10_000`. */
const grouped = (number: number): Code => code`${String(number).replaceAll(/\B(?=(\d{3})+$)/g, '_')}`;

/** Returns the code of a field. The type is enough for a type without arguments. */
export const fieldCode = (field: Field): FieldCode => codes[field.type](field);

/** Returns a consumer's check of a field: its type, without limits, which its producer may change. */
export const tolerantJoi = (field: Field): Code => {
  if (isOpenText(field.type)) return code`joi.string().allow('')`;
  return field.type === 'integer' ? code`joi.number().integer()` : fieldCode(field).joi;
};

/** Returns a consumer's check of a field that can be null. */
export const nullableJoi = (field: Field): Code => {
  if (isOpenText(field.type)) return code`joi.string().allow('', null)`;
  return field.type === 'json' ? tolerantJoi(field) : code`${tolerantJoi(field)}.allow(null)`;
};

/** Returns the check of a field that data always has, also if it is null. */
export const requiredJoi = (field: Field): Code => {
  const { joi } = fieldCode(field);
  if (field.type === 'json')
    return field.optional ? code`${joi}.required()` : code`${joi}.invalid(null).required()`;
  return field.optional ? code`${joi}.allow(null).required()` : code`${joi}.required()`;
};

/** The JSON Schema of `tolerantJoi`. */
export const tolerantSchema = (field: Field): JsonSchema => {
  if (isOpenText(field.type)) return { type: 'string' };
  return field.type === 'integer' ? { type: 'integer' } : fieldCode(field).schema;
};

/** Returns the column for copied values, without the limits of a text. */
export const tolerantColumn = (field: Field, name: string): Code =>
  isOpenText(field.type) ? code`table.text(${text(name)})` : fieldCode(field).column(name);

const openTexts: readonly FieldType[] = ['string', 'text', 'email', 'url', 'enum'];
const isOpenText = (type: FieldType) => openTexts.includes(type);

/** The JSON Schema of a field of a type without arguments. */
export const schemaOfType = (type: 'uuid' | 'timestamp'): JsonSchema => codes[type](plain).schema;

const plain: Field = { name: '', type: 'uuid', unique: false, optional: false, index: false };

/** Returns the functions of microservice-runtime that `codeOf`, the joi text of a field, calls for `fields`, sorted. */
export const runtimeSchemas = (
  fields: Field[],
  also: string[] = [],
  codeOf = (field: Field): Code => fieldCode(field).joi,
): string[] => {
  const called = fields.map((field) => /^(\w+)\(/.exec(codeOf(field).text)?.[1]);
  return [...new Set([...also, ...called.filter((name) => name !== undefined)])].toSorted();
};
