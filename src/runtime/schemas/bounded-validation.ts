import type joi from 'joi';

/** Checking a value goes on after its first error only up to so many values in it: joi takes 40 microseconds an error. */
export const MAX_CHECKED = 1_000;

/** What joi says of a value; `isPartial` where the value has more errors, perhaps, than the one in `error`. */
export type Validation = joi.ValidationResult<unknown> & { isPartial: boolean };

/**
 * Returns a function that validates against `schema` and finds every error. Of a value with more than `MAX_CHECKED` values
 * in it only the first: the time for errors is bounded by that, not by what somebody sent.
 */
export function boundedValidation(
  schema: joi.Schema,
  options: joi.ValidationOptions = {},
): (value: unknown) => Validation {
  // preferences are set once on a schema: handing them to each validation makes joi merge them each time
  const first = schema.prefs({ ...options, abortEarly: true });
  const all = schema.prefs({ ...options, abortEarly: false });
  return (value) => {
    const result: joi.ValidationResult<unknown> = first.validate(value);
    const isPartial = result.error !== undefined && hasMoreValues(value, MAX_CHECKED);
    return { ...(result.error && !isPartial ? all.validate(value) : result), isPartial };
  };
}

/** Whether a JSON value holds more than `most` properties and items, at any depth. */
export function hasMoreValues(value: unknown, most: number): boolean {
  const left = [value];
  let count = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const values: unknown[] = Array.isArray(next) ? next : Object.values(next);
    count += values.length;
    if (count > most) return true;
    for (const each of values) if (typeof each === 'object' && each !== null) left.push(each);
  }
  return false;
}
