import joi from 'joi';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** A 64-bit integer as a string, since JSON numbers lose digits beyond 2^53. JSON Schema: `format: int64`. */
export const bigintString = (): joi.StringSchema =>
  joi
    .string()
    .pattern(/^(0|-?[1-9]\d{0,18})$/, 'whole number')
    .custom((text: string, helpers) => {
      const value = BigInt(text);
      return value >= INT64_MIN && value <= INT64_MAX ? text : helpers.error('string.int64');
    })
    .messages({
      'string.pattern.name': '{{#label}} must be a whole number in a string, such as "42"',
      'string.int64': '{{#label}} must be between -9223372036854775808 and 9223372036854775807',
    })
    .meta({ jsonSchema: { format: 'int64' } });

/**
 * An exact decimal number as a string, for PostgreSQL's `numeric(precision, scale)`. JSON Schema: `format: decimal`.
 * Trailing digits beyond `scale` are refused, never rounded.
 */
export const decimalString = (precision = 20, scale = 6): joi.StringSchema =>
  joi
    .string()
    .pattern(new RegExp(`^-?(0|[1-9]\\d{0,${precision - scale - 1}})(\\.\\d{1,${scale}})?$`), 'decimal number')
    .messages({
      'string.pattern.name': `{{#label}} must be a decimal number in a string, such as "19.99", with at most ${precision - scale} digits before the point and ${scale} after it`,
    })
    .meta({ jsonSchema: { format: 'decimal' } });

/** A calendar date without a time, `YYYY-MM-DD` (RFC 3339 full-date). JSON Schema: `format: date`. */
export const dateString = (): joi.StringSchema =>
  joi
    .string()
    .pattern(/^\d{4}-\d{2}-\d{2}$/)
    .custom((text: string, helpers) => (isCalendarDate(text) ? text : helpers.error('string.pattern.base')))
    .messages({ 'string.pattern.base': '{{#label}} must be a date, such as "2026-01-31"' })
    .meta({ jsonSchema: { format: 'date' } });

/**
 * A moment as an RFC 3339 date-time with its offset; the validated value is in UTC with milliseconds, which is what
 * `Date.prototype.toISOString` writes. JSON Schema: `format: date-time`.
 */
export const timestampString = (): joi.StringSchema =>
  joi
    .string()
    .pattern(/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/)
    .custom((text: string, helpers) => {
      const date = new Date(text);
      return Number.isNaN(date.getTime()) || !isCalendarDate(text.slice(0, 10))
        ? helpers.error('string.pattern.base')
        : date.toISOString();
    })
    .messages({
      'string.pattern.base': '{{#label}} must be a date and time with an offset, such as "2026-01-31T12:00:00Z"',
    })
    .meta({ jsonSchema: { format: 'date-time' } });

function isCalendarDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && !text.startsWith('0000');
}
