import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';
import type { Field } from '../model/answers.ts';
import { writtenType } from '../model/field-form.ts';
import { fieldCode, type JsonSchema } from './codes.ts';
import { writeArgument, readArgument } from './scan.ts';

/** Returns the JSON value of `default(...)`. Throws a UsageError if it is not a value of the field. */
export function readDefault(inside: string | undefined, field: Field): unknown {
  const { name, type, unique } = field;
  if (inside === undefined || inside === '')
    throw new UsageError(`the default of the field "${name}" has no value; write default(value)`);
  if (unique)
    throw new UsageError(
      `the field "${name}" cannot be unique with a default, since a second row without a value would be refused`,
    );
  if (type === 'reference')
    throw new UsageError(`the reference "${name}" cannot have a default, since no row exists yet`);
  const value = valueOf(inside, field);
  if (value === undefined || !isOf(fieldCode(field).schema, value))
    throw new UsageError(
      `the default ${seen(inside)} of the field "${name}" is not a value of the type ${writtenType(field)}; ${expected(field)}`,
    );
  return canonical(value, field);
}

/** Returns the value as responses have it. */
function canonical(value: unknown, { type, digits }: Field): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'email' || type === 'uuid') return value.toLowerCase();
  if (type === 'timestamp') return new Date(value).toISOString();
  if (type !== 'decimal') return value;
  const unsigned = /[1-9]/.test(value) ? value : value.replace('-', '');
  if (!digits || digits.scale === 0) return unsigned;
  const [whole = '', fraction = ''] = unsigned.split('.');
  return `${whole}.${fraction.padEnd(digits.scale, '0')}`;
}

/** Returns the argument of `default(...)` for a value. */
export const formatDefault = ({ type, default: value }: Field): string =>
  type !== 'json' && typeof value === 'string' ? writeArgument(value) : JSON.stringify(value);

function valueOf(inside: string, { name, type }: Field): unknown {
  if (type === 'json') return jsonOf(inside, name);
  const text = readArgument(inside);
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : undefined);
  if (type === 'integer') return /^(0|-?[1-9]\d{0,9})$/.test(text) ? Number(text) : undefined;
  return text;
}

function jsonOf(text: string, name: string): unknown {
  const keys = new Set<string>();
  const noted = (key: string, each: unknown) => {
    keys.add(key);
    return each;
  };
  let value: unknown;
  try {
    value = JSON.parse(text, noted);
  } catch {
    return undefined;
  }
  if (keys.has('__proto__'))
    throw new UsageError(
      `the default ${seen(text)} of the field "${name}" has the key "__proto__", which joi removes from a default; rename the key`,
    );
  return value === null ? undefined : value;
}

/** Checks a value against the keywords that the schema of a field has. */
function isOf(schema: JsonSchema, value: unknown): boolean {
  const { pattern, maxLength = Infinity, minimum = -Infinity, maximum = Infinity, format = '' } = schema;
  if (Array.isArray(schema['enum'])) return schema['enum'].includes(value);
  if (typeof value === 'number') return value >= Number(minimum) && value <= Number(maximum);
  if (schema['type'] !== 'string') return true;
  const text = String(value);
  const isLong = text === '' || Array.from(text).length > Number(maxLength);
  return (
    !isLong &&
    (typeof pattern !== 'string' || new RegExp(pattern).test(text)) &&
    isOfFormat(text, String(format))
  );
}

const INT64_MAX = 2n ** 63n - 1n;

/** The limits of a format that no pattern states. */
function isOfFormat(text: string, format: string): boolean {
  if (format === 'int64') return BigInt(text) <= INT64_MAX && BigInt(text) >= -INT64_MAX - 1n;
  if (format === 'uuid') return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
  if (format === 'uri') return URL.canParse(text);
  if (format !== 'date' && format !== 'date-time') return true;
  const day = text.slice(0, 10);
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  return isDay && !day.startsWith('0000') && !Number.isNaN(Date.parse(text));
}

const examples: Partial<Record<Field['type'], string>> = {
  email: 'default(ada@example.com)',
  url: 'default(https://example.com)',
  integer: 'default(0), between -2147483648 and 2147483647',
  bigint: 'default(0), between -2^63 and 2^63 - 1',
  boolean: 'default(true) or default(false)',
  date: 'default(2026-01-31)',
  timestamp: 'default(2026-01-31T12:00:00Z)',
  uuid: 'default(01890a5d-ac96-774b-bcce-b302099a8057)',
  json: 'default({}) or any other JSON except null',
};

function expected(field: Field): string {
  const { type, values, digits } = field;
  if (values) return `the values are ${values.join(', ')}`;
  if (digits)
    return `write at most ${digits.precision - digits.scale} digits before the point and ${digits.scale} after it`;
  if (type === 'decimal') return 'write default(0)';
  return `write ${examples[type] ?? `a text of 1 to ${String(fieldCode(field).schema['maxLength'])} characters`}`;
}
