import type joi from 'joi';
import { modified } from './strict-types.ts';

/**
 * Validation of a value stops after this many errors: joi takes up to 40 microseconds to create one and write its message.
 */
export const MAX_ERRORS = 1_000;

/** The result of joi; `isPartial` if the value may have more errors than the one in `error`. */
export type Validation<T> = joi.ValidationResult<T> & { isPartial: boolean };

/** `options` extend those of the schema; joi merges them at each call. */
export type Validate<T> = (value: unknown, options?: joi.ValidationOptions) => Validation<T>;

class TooManyErrors extends Error {}

/**
 * Returns a function that validates against `schema` and finds every error. For a value with more than `MAX_ERRORS`, it finds
 * only the first: an error costs far more than a valid value, and a missing field is an error that needs no bytes. Errors of
 * alternatives that did not match count too.
 */
export function boundedValidation<T>(
  schema: joi.Schema<T>,
  options: joi.ValidationOptions = {},
): Validate<T> {
  let errors = 0;
  const count = () => {
    errors += 1;
    if (errors > MAX_ERRORS) throw new TooManyErrors();
  };
  const first = schema.prefs({ ...options, abortEarly: true });
  const all = countingErrors(schema.prefs({ ...options, abortEarly: false }), count);
  return (value, own) => {
    const result: joi.ValidationResult<T> = first.validate(value, own);
    if (!result.error) return whole(result);
    errors = 0;
    try {
      return whole(all.validate(value, own));
    } catch (error) {
      if (!(error instanceof TooManyErrors)) throw error;
      return { ...result, isPartial: true };
    }
  };
}

/**
 * Returns the same schema, each part of which calls `count` before it creates an error. joi documents `$_createError` for
 * extensions and creates all errors with it. It is set on the prototype, since joi copies schemas while it evaluates a
 * `when()`.
 */
function countingErrors<T>(
  schema: joi.Schema<T>,
  count: () => void,
  known = new Map<joi.Schema, joi.Schema>(),
): joi.Schema<T> {
  const before = known.get(schema);
  if (before) return before as joi.Schema<T>;
  const copy = modified(schema, (part) => countingErrors(part, count, known)).prefs({});
  const prototype = Object.getPrototypeOf(copy) as joi.Schema;
  const counting = Object.assign(Object.create(prototype) as joi.Schema, {
    $_createError(this: joi.Schema, ...error: Parameters<joi.Schema['$_createError']>): joi.Err {
      count();
      return prototype.$_createError.apply(this, error);
    },
  });
  Object.setPrototypeOf(copy, counting);
  known.set(schema, copy);
  return copy as joi.Schema<T>;
}

/** Changes joi's own result, since a copy takes as long as the validation of a small event. */
const whole = <T>(result: joi.ValidationResult<T>): Validation<T> =>
  Object.assign(result, { isPartial: false });
