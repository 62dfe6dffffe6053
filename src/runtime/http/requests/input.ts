import type joi from 'joi';
import { InvalidError, type FieldError } from '../../errors.ts';
import { boundedValidation, MAX_ERRORS } from '../../schemas/bounded-validation.ts';
import { jsonFaults, type JsonFault } from '../../schemas/json-faults.ts';
import {
  LONGEST_FIELD_MESSAGE,
  LONGEST_FIELD_NAME,
  shortened,
  shortenedPath,
} from '../../schemas/shortened.ts';
import { withStrictTypes } from '../../schemas/strict-types.ts';

/** The schemas of a route's input. */
export interface InputSchemas {
  params?: joi.Schema;
  query?: joi.Schema;
  body?: joi.Schema;
}

type InputPlace = keyof InputSchemas;
type Input = Record<InputPlace, unknown> & { url?: string };
type Check = (req: Input) => Found | undefined;

interface Found {
  errors: readonly FieldError[];
  /** Whether validation stopped at the first error. */
  isPartial?: boolean;
}

/** Node's query parser reads this many parameters and silently drops the rest. */
const MAX_PARAMETERS = 1_000;

/**
 * Returns a function that validates a request, replaces its values with the validated ones (converted, with defaults), and
 * throws an InvalidError that names every invalid field. Parameters and query are text, so their types are coerced; a body
 * keeps the types of its JSON. Returns undefined if there are no schemas.
 */
export function inputCheck(schemas: InputSchemas): ((req: Input) => void) | undefined {
  const places: readonly InputPlace[] = ['params', 'query', 'body'];
  const checks = places.flatMap((place) => (schemas[place] ? [check(place, schemas[place])] : []));
  if (checks.length === 0) return undefined;
  return (req) => {
    let found: Found[] | undefined;
    for (const run of checks) {
      const here = run(req);
      if (here) (found ??= []).push(here);
    }
    if (found) throw invalid(found);
  };
}

function invalid(found: readonly Found[]): InvalidError {
  const partial = found.some(({ isPartial }) => isPartial)
    ? ` A part of it has more than ${MAX_ERRORS} errors; only the first one is listed.`
    : '';
  return new InvalidError(
    `The request does not match the schema of this operation.${partial}`,
    found.flatMap(({ errors }) => errors),
  );
}

function check(place: InputPlace, schema: joi.Schema): Check {
  const typed = place === 'body' ? withStrictTypes(schema) : schema;
  const validate = boundedValidation(typed.required(), { errors: { label: false } });
  return (req) => {
    const message = place === 'query' ? queryFault(req.url) : undefined;
    if (message) return { errors: [{ field: place, message }] };
    const faults = jsonFaults(req[place]);
    if (faults.length > 0) return { errors: faults.map((fault) => fieldError(place, fault)) };
    const { value, error, isPartial } = validate(req[place]);
    if (error) return { errors: error.details.map((detail) => fieldError(place, detail)), isPartial };
    put(req, place, value);
    return undefined;
  };
}

/** In Express 5 `req.query` is a getter; see https://expressjs.com/en/guide/migrating-5.html#req.query */
function put(req: Input, place: InputPlace, value: unknown): void {
  if (place === 'query') Object.defineProperty(req, 'query', { value, writable: true, configurable: true });
  else req[place] = value;
}

function queryFault(url = ''): string | undefined {
  if (!isUtf8Query(url)) return 'must be percent-encoded UTF-8';
  const parameters = url.slice(url.indexOf('?') + 1).split('&', MAX_PARAMETERS + 1);
  return parameters.length > MAX_PARAMETERS ? `must have at most ${MAX_PARAMETERS} parameters` : undefined;
}

/** Node's query parser silently replaces bytes that are not UTF-8 with U+FFFD. */
function isUtf8Query(url: string): boolean {
  const start = url.indexOf('?');
  if (start === -1 || !url.includes('%', start)) return true;
  try {
    decodeURIComponent(url.slice(start));
    return true;
  } catch {
    return false;
  }
}

/** Returns the error of a field, named by its path: `body.lines.0.amount`. */
export function fieldError(place: InputPlace, { path, message }: JsonFault): FieldError {
  return {
    field: shortenedPath([place, ...path], LONGEST_FIELD_NAME),
    message: shortened(message, LONGEST_FIELD_MESSAGE),
  };
}
