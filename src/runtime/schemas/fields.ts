import joi from 'joi';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

const wholeNumber = /^(0|-?[1-9]\d{0,18})$/;
const fullDate = /^\d{4}-\d{2}-\d{2}$/;
/** A dot-string of RFC 5321, section 4.1.2, at a host name with a dot. */
const email =
  /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+$/;
/** The characters of RFC 3986, section 2. */
const url = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/([\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-fA-F]{2})+$/;
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const dateTime = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** An offset can lead to another year: JavaScript writes those after 9999 with six digits, and PostgreSQL has no year 0. */
const yearOfFourDigits = /^(?!0000)\d{4}-/;

/**
 * A text of 1 to `max` characters. Counts code points, as JSON Schema's `maxLength` and PostgreSQL's `varchar` do;
 * `joi.string().max()` counts UTF-16 code units, two for an emoji.
 */
export const textString = (max: number): joi.StringSchema =>
  joi
    .string()
    .custom((text: string, helpers) =>
      text.length <= max || Array.from(text).length <= max
        ? text
        : helpers.error('string.max', { limit: max, value: text, encoding: undefined }),
    )
    .meta({ jsonSchema: { maxLength: max } });

/**
 * An email address of at most 254 characters, 64 before the "@" (RFC 5321, section 4.5.3.1). The validated value is in lower case, so that a unique
 * column has an address once. JSON Schema: `format: email`.
 */
export const emailString = (): joi.StringSchema =>
  formatted(
    'email',
    email,
    'an email address, such as "ada@example.com"',
    (text) => (text.length <= 254 && text.indexOf('@') <= 64 ? text.toLowerCase() : undefined),
    254,
  );

/** An absolute URL with http or https, of at most 2,048 characters. The value does not change. JSON Schema: `format: uri`. */
export const urlString = (): joi.StringSchema =>
  formatted(
    'uri',
    url,
    'a URL with http or https, such as "https://example.com/ada"',
    (text) => (text.length <= 2_048 && URL.canParse(text) ? text : undefined),
    2_048,
  );

/**
 * A hyphenated UUID of any version. The validated value is in lower case, as PostgreSQL returns it and RFC 9562, section 4,
 * requires, so a row has a single key. JSON Schema: `format: uuid`.
 */
export const uuidString = (): joi.StringSchema =>
  formatted('uuid', uuid, 'a UUID, such as "01890a5d-ac96-774b-bcce-b302099a8057"', (text) =>
    text.toLowerCase(),
  );

/**
 * Any JSON value, for PostgreSQL's `jsonb`. `null` means the absence of a value, so a required field is
 * `jsonValue().invalid(null)`.
 */
export const jsonValue = (): joi.AnySchema => joi.any();

/** A 64-bit integer as a string, since JSON numbers lose digits beyond 2^53. JSON Schema: `format: int64`. */
export const bigintString = (): joi.StringSchema =>
  formatted(
    'int64',
    wholeNumber,
    'a whole number in a string, between -2^63 and 2^63 - 1, such as "42"',
    (text) => (BigInt(text) >= INT64_MIN && BigInt(text) <= INT64_MAX ? text : undefined),
  );

/**
 * An exact decimal number as a string. JSON Schema: `format: decimal`. More digits are refused, never rounded. With arguments, for
 * PostgreSQL's `numeric(precision, scale)`: the validated value has `scale` digits after the point, as PostgreSQL returns it.
 * Without arguments, for `numeric`: up to 100 digits on either side of the point, which stay as they are.
 */
export function decimalString(precision = 200, scale?: number): joi.StringSchema {
  const after = scale ?? 100;
  const before = precision - after;
  return formatted(
    'decimal',
    decimalPattern(before, after),
    `a decimal number in a string, with at most ${before} digits before the point and ${after} after it, such as "${exampleOf(before, after)}"`,
    (text) => storedDecimal(text, scale),
  );
}

function decimalPattern(before: number, after: number): RegExp {
  const whole = before === 0 ? '0' : `(0|[1-9]\\d{0,${before - 1}})`;
  return new RegExp(`^-?${whole}${after === 0 ? '' : `(\\.\\d{1,${after}})?`}$`);
}

const exampleOf = (before: number, after: number): string =>
  `${before === 0 ? '0' : '1'}${after === 0 ? '' : `.${'9'.repeat(Math.min(after, 2))}`}`;

/** Returns the text with which PostgreSQL answers a decimal: -0 is 0, and a column with a scale fills it with zeros. */
function storedDecimal(text: string, scale: number | undefined): string {
  const unsigned = /[1-9]/.test(text) ? text : text.replace('-', '');
  if (scale === undefined || scale === 0) return unsigned;
  const [whole = '', fraction = ''] = unsigned.split('.');
  return `${whole}.${fraction.padEnd(scale, '0')}`;
}

/** A calendar date without a time, `YYYY-MM-DD` (RFC 3339 full-date). JSON Schema: `format: date`. */
export const dateString = (): joi.StringSchema =>
  formatted('date', fullDate, 'a date, such as "2026-01-31"', (text) =>
    isCalendarDate(text) ? text : undefined,
  );

/**
 * A moment as an RFC 3339 date-time with an offset, in the years 1 to 9999 of UTC. The validated value is in UTC with milliseconds, like
 * the result of `Date.prototype.toISOString`. JSON Schema: `format: date-time`.
 */
export const timestampString = (): joi.StringSchema =>
  formatted(
    'date-time',
    dateTime,
    'a date and time with an offset, in the years 1 to 9999 of UTC, such as "2026-01-31T12:00:00Z"',
    (text) => {
      const date = new Date(text);
      if (!isCalendarDate(text.slice(0, 10)) || Number.isNaN(date.getTime())) return undefined;
      const stored = date.toISOString();
      return yearOfFourDigits.test(stored) ? stored : undefined;
    },
  );

/** One rule instead of joi's `pattern` and `custom`, so an invalid text causes one error instead of two. */
const formatted = (
  format: string,
  pattern: RegExp,
  expected: string,
  read: (text: string) => string | undefined,
  maxLength?: number,
): joi.StringSchema =>
  joi
    .string()
    .custom(
      (text: string, helpers) =>
        (pattern.test(text) ? read(text) : undefined) ?? helpers.error('string.format'),
    )
    .messages({ 'string.format': `{{#label}} must be ${expected}` })
    .meta({
      jsonSchema: {
        ...(maxLength !== undefined && { maxLength }),
        ...(format !== 'uuid' && { pattern: pattern.source }),
        format,
      },
    });

/** PostgreSQL and RFC 3339 have no year 0, and JavaScript reads February 31 as March 3. */
function isCalendarDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && !text.startsWith('0000');
}
