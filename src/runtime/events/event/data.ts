import type joi from 'joi';
import { boundedValidation, type Validate } from '../../schemas/bounded-validation.ts';
import { jsonFaults, type JsonFault } from '../../schemas/json-faults.ts';
import {
  LONGEST_FIELD_MESSAGE,
  LONGEST_FIELD_NAME,
  shortened,
  shortenedPath,
} from '../../schemas/shortened.ts';
import type { EventDefinition } from './definition.ts';

/** The most errors in a message; the length of each is limited too. */
const MAX_NAMED = 20;

/** The data of an event does not match its definition; the message names every invalid field. */
export class EventDataError extends Error {
  override name = 'EventDataError';
}

/** This service does not know the version of the data; another release of it may. */
export class UnknownVersionError extends EventDataError {
  override name = 'UnknownVersionError';
}

/**
 * Returns the JSON text of data to publish. Strict: an unknown field or a wrong type is an error, and so is a value that JSON
 * or PostgreSQL would alter: NaN, U+0000, an unpaired surrogate. A `Date` counts as its JSON string.
 */
export function serializeData<T>(definition: EventDefinition<T>, data: T): string {
  const faults = jsonFaults(data).map(faultText);
  if (faults.length > 0)
    throw new EventDataError(`${versionName(definition)} was not published: ${faults.join('. ')}`);
  const wire: unknown = JSON.parse(JSON.stringify(data) ?? 'null');
  const { error, value } = strictly(definition.schema)(wire);
  if (error) throw new EventDataError(`${versionName(definition)} was not published: ${faultsText(error)}`);
  return JSON.stringify(value);
}

/**
 * Returns the data of a received event in the definition's version: lifted from an older version, and validated tolerantly,
 * since a producer may add fields. Unknown fields are dropped. Throws `UnknownVersionError` for a newer version and for one
 * without an upcast, and `EventDataError` for invalid data.
 */
export function acceptData<T>(definition: EventDefinition<T>, version: number, data: unknown): T {
  if (version > definition.version) {
    throw new UnknownVersionError(
      `${definition.type} arrived in version ${version}, but this service knows only versions up to ${definition.version}; ` +
        `add the new version to its definition, and deploy`,
    );
  }
  const lifted = lift(definition, version, data);
  // a tombstone: joi accepts undefined
  if (lifted === undefined) throw new EventDataError(`${definition.type} version ${version} has no data`);
  const { error, value } = tolerantly(definition.schema)(lifted);
  if (error)
    throw new EventDataError(
      `${definition.type} version ${version} does not fit its schema: ${faultsText(error)}`,
    );
  return value;
}

/**
 * Returns every error in the data, or only the first if there are too many: the text is logged and stored. The preferences
 * of a schema override `options`, as in joi, and are merged once for each schema.
 */
function validationWith(options: joi.ValidationOptions): <T>(schema: joi.ObjectSchema<T>) => Validate<T> {
  const known = new WeakMap<joi.ObjectSchema, Validate<unknown>>();
  return <T>(schema: joi.ObjectSchema<T>) => {
    const validate = (known.get(schema) as Validate<T> | undefined) ?? create(schema);
    known.set(schema, validate);
    return validate;
  };

  function create<T>(schema: joi.ObjectSchema<T>): Validate<T> {
    const { preferences } = schema.describe() as { preferences?: joi.ValidationOptions };
    return boundedValidation<T>(schema, { ...options, ...preferences, errors: { label: false } });
  }
}

const strictly = validationWith({ convert: false });
const tolerantly = validationWith({ stripUnknown: true });

function faultsText({ details }: joi.ValidationError): string {
  const named = details.slice(0, MAX_NAMED).map(faultText);
  const more = details.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join('. ');
}

/** joi repeats the whole name in each message, and a name can be as long as an event. */
function faultText({ path, message }: JsonFault): string {
  const name = path.length > 0 ? shortenedPath(path, LONGEST_FIELD_NAME) : 'data';
  return `"${name}" ${shortened(message, LONGEST_FIELD_MESSAGE)}`;
}

function lift<T>(definition: EventDefinition<T>, version: number, data: unknown): unknown {
  let lifted = data;
  for (let from = version; from < definition.version; from += 1) {
    const upcast = definition.upcasts[from];
    if (!upcast) {
      throw new UnknownVersionError(
        `${definition.type} arrived in version ${version}, but its definition has no upcast from version ${from} to ${from + 1}; add one`,
      );
    }
    lifted = upcast({ ...objectOf(definition, lifted) });
  }
  return lifted;
}

function objectOf<T>(definition: EventDefinition<T>, data: unknown): object {
  if (typeof data === 'object' && data !== null) return data;
  throw new EventDataError(
    `${definition.type} has data that is not an object: ${JSON.stringify(data)?.slice(0, 100)}`,
  );
}

const versionName = ({ type, version }: { type: string; version: number }): string =>
  `${type} version ${version}`;
