import type joi from 'joi';
import { InvalidError, type FieldError } from '../errors.ts';
import { jsonFaults, type JsonFault } from '../schemas/json-faults.ts';
import { withStrictTypes } from '../schemas/strict-types.ts';

/** The schemas of what a route takes in. */
export interface InputSchemas {
  params?: joi.Schema;
  query?: joi.Schema;
  body?: joi.Schema;
}

type Place = keyof InputSchemas;
type Input = Record<Place, unknown> & { url?: string };
type Check = (req: Input) => readonly FieldError[] | undefined;

/**
 * Returns a function that checks a request against the schemas, puts the checked values (converted, with defaults) in
 * the place of what was sent, and throws an InvalidError that names every field that breaks a rule. Parameters and query
 * are text, so their types are coerced; a body keeps the types it was sent with. Without schemas there is nothing to check
 * and it returns undefined.
 */
export function inputCheck(schemas: InputSchemas): ((req: Input) => void) | undefined {
  const places: readonly Place[] = ['params', 'query', 'body'];
  const checks = places.flatMap((place) => (schemas[place] ? [check(place, schemas[place])] : []));
  if (checks.length === 0) return undefined;
  return (req) => {
    let errors: readonly FieldError[] | undefined;
    for (const run of checks) {
      const found = run(req);
      if (found) errors = errors ? [...errors, ...found] : found;
    }
    if (errors) throw new InvalidError('The request breaks the rules of this operation.', errors);
  };
}

/** Preferences are set once on the schema: handing them to each validation makes joi merge them each time. */
function check(place: Place, schema: joi.Schema): Check {
  const typed = place === 'body' ? withStrictTypes(schema) : schema;
  const prepared = typed.prefs({ abortEarly: false, errors: { label: false } }).required();
  return (req) => {
    if (place === 'query' && !isUtf8Query(req.url))
      return [{ field: place, message: 'must be percent-encoded UTF-8' }];
    const faults = jsonFaults(req[place]);
    if (faults.length > 0) return faults.map((fault) => fieldError(place, fault));
    const { value, error }: joi.ValidationResult<unknown> = prepared.validate(req[place]);
    if (error) return error.details.map((detail) => fieldError(place, detail));
    put(req, place, value);
    return undefined;
  };
}

/** In Express 5 `req.query` is a getter; see https://expressjs.com/en/guide/migrating-5.html#req.query */
function put(req: Input, place: Place, value: unknown): void {
  if (place === 'query') Object.defineProperty(req, 'query', { value, writable: true, configurable: true });
  else req[place] = value;
}

/** Node's parser of queries puts U+FFFD in the place of bytes that are not UTF-8, without a word. */
function isUtf8Query(url = ''): boolean {
  const start = url.indexOf('?');
  if (start === -1 || !url.includes('%', start)) return true;
  try {
    decodeURIComponent(url.slice(start));
    return true;
  } catch {
    return false;
  }
}

/** The error of a field as an answer names it: `body.lines.0.amount`. */
export function fieldError(place: Place, { path, message }: JsonFault): FieldError {
  return { field: [place, ...path].join('.'), message };
}
