import type { Field, FieldType } from './answers.ts';

/** How one field type is written in each layer of a service. */
interface FieldCode {
  type: string;
  joi: string;
  /** The JSON Schema that microservice-runtime makes of `joi`. */
  schema: JsonSchema;
  column: (name: string) => string;
  /** Source text of a value for tests and seeds; `n` makes it differ. */
  sample: (name: string, n: string) => string;
  /** Source text of another value, for updates. */
  other: string;
  /** Source text of a value that the schema refuses. */
  bad: string;
}

export type JsonSchema = Record<string, unknown>;

const text = { type: 'string', minLength: 1 };

const quoted = (text: string) => `'${text}'`;

export const fieldCodes: Record<FieldType, FieldCode> = {
  string: {
    type: 'string',
    joi: 'textString(255)',
    schema: { ...text, maxLength: 255 },
    column: (name) => `table.string(${quoted(name)})`,
    sample: (name, n) => `\`${name} \${${n}}\``,
    other: `'another text'`,
    bad: '42',
  },
  text: {
    type: 'string',
    joi: 'textString(10_000)',
    schema: { ...text, maxLength: 10_000 },
    column: (name) => `table.text(${quoted(name)})`,
    sample: (name, n) => `\`A longer ${name}: \${${n}}\``,
    other: `'Another longer text'`,
    bad: '42',
  },
  integer: {
    type: 'number',
    joi: 'joi.number().integer().min(-2_147_483_648).max(2_147_483_647)',
    schema: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
    column: (name) => `table.integer(${quoted(name)})`,
    sample: (_, n) => n,
    other: '7',
    bad: `'7'`,
  },
  bigint: {
    type: 'string',
    joi: 'bigintString()',
    schema: { ...text, pattern: '^(0|-?[1-9]\\d{0,18})$', format: 'int64' },
    column: (name) => `table.bigInteger(${quoted(name)})`,
    sample: (_, n) => `String(9_007_199_254_740_993n + BigInt(${n}))`,
    other: `'-9223372036854775808'`,
    bad: `'many'`,
  },
  decimal: {
    type: 'string',
    joi: 'decimalString(20, 6)',
    schema: { ...text, pattern: '^-?(0|[1-9]\\d{0,13})(\\.\\d{1,6})?$', format: 'decimal' },
    column: (name) => `table.decimal(${quoted(name)}, 20, 6)`,
    sample: (_, n) => `\`\${${n}}.250000\``,
    other: `'0.000001'`,
    bad: `'much'`,
  },
  boolean: {
    type: 'boolean',
    joi: 'joi.boolean()',
    schema: { type: 'boolean' },
    column: (name) => `table.boolean(${quoted(name)})`,
    sample: (_, n) => `${n} % 2 === 0`,
    other: 'false',
    bad: `'true'`,
  },
  date: {
    type: 'string',
    joi: 'dateString()',
    schema: { ...text, pattern: '^\\d{4}-\\d{2}-\\d{2}$', format: 'date' },
    column: (name) => `table.date(${quoted(name)})`,
    sample: (_, n) => `new Date(Date.UTC(2000, 0, 1 + (${n} % 100_000))).toISOString().slice(0, 10)`,
    other: `'2024-02-29'`,
    bad: `'2023-02-29'`,
  },
  timestamp: {
    type: 'string',
    joi: 'timestampString()',
    schema: {
      ...text,
      pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$',
      format: 'date-time',
    },
    column: (name) => `table.timestamp(${quoted(name)}, { precision: 3 })`,
    sample: (_, n) => `new Date(Date.UTC(2000, 0, 1) + ${n}).toISOString()`,
    other: `'2024-02-29T12:30:00.123Z'`,
    bad: `'noon'`,
  },
  uuid: {
    type: 'string',
    joi: 'uuidString()',
    schema: { ...text, format: 'uuid' },
    column: (name) => `table.uuid(${quoted(name)})`,
    sample: () => 'randomUUID()',
    other: `'01890a5d-ac96-774b-bcce-b302099a8057'`,
    bad: `'not-a-uuid'`,
  },
  json: {
    type: 'unknown',
    joi: 'jsonValue()',
    schema: {},
    column: (name) => `table.jsonb(${quoted(name)})`,
    sample: (name, n) => `{ ${name}: ${n}, list: [1, 'two', null] }`,
    other: `['another', 'value']`,
    bad: 'null',
  },
};

/** How a consumer checks a field: its type, and no limit that its producer may widen. */
export const tolerantJoi = (type: FieldType): string => {
  if (type === 'string' || type === 'text') return `joi.string().allow('')`;
  return type === 'integer' ? 'joi.number().integer()' : fieldCodes[type].joi;
};

/** The JSON Schema of `tolerantJoi`. */
export const tolerantSchema = (type: FieldType): JsonSchema => {
  if (type === 'string' || type === 'text') return { type: 'string' };
  return type === 'integer' ? { type: 'integer' } : fieldCodes[type].schema;
};

/** The functions of microservice-runtime that `codeOf`, the joi text of a type, calls for `fields`, sorted. */
export const runtimeSchemas = (
  fields: Field[],
  also: string[] = [],
  codeOf = (type: FieldType): string => fieldCodes[type].joi,
): string[] => {
  const called = fields.map(({ type }) => /^(\w+)\(/.exec(codeOf(type))?.[1]);
  return [...new Set([...also, ...called.filter((name) => name !== undefined)])].toSorted();
};
