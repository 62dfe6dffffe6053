import { quotesRows, withoutRows } from './quoted-rows.ts';
import { HIDDEN, secretNames } from './secret-names.ts';
import { writtenError, type Fields } from './written-error.ts';

/** Replaces values beyond the limits of a line: a value that is not inspected is not written. */
const CUT = '[Object]';
const DEPTH = 8;
/** The most objects in one line; a circular object would have no end. */
const OBJECTS = 5_000;
/** The longest name of a header or a field, in characters. */
const LONGEST = 64;
const namesBeside = ['name', 'key', 'field', 'header'];

/**
 * Returns a function that removes secrets from the fields of a log line: values with secret names (see `secretNames`), and
 * row values that PostgreSQL quotes. It inspects objects of any class and arrays, and converts errors anywhere in them with
 * `writtenError`. An object without secrets is returned unchanged, because copying every line, as pino's `redact` does, costs
 * more than writing it. It never throws.
 */
export function secretRemover(names: readonly string[] = []): (fields: Fields) => Fields {
  const isSecret = secretNames(names);
  let objects = 0;

  function withoutSecrets(values: Fields, left: number): Fields {
    const plain = quotesRows(values) ? withoutRows(values) : values;
    let copy: Fields | undefined;
    for (const name of Object.keys(plain)) {
      const value = plain[name];
      const isHidden = isSecret(name, value) || (name === 'value' && isNamedBeside(plain, value));
      const shown = isHidden ? HIDDEN : shownValue(value, left);
      if (shown !== value) (copy ??= { ...plain })[name] = shown;
    }
    return copy ?? plain;
  }

  /** Reports whether another field holds the value's name, as in lists of headers and in errors of joi. */
  const isNamedBeside = (fields: Fields, value: unknown) =>
    namesBeside.some((each) => isSecretName(fields[each], value));

  const isSecretName = (name: unknown, value: unknown) =>
    typeof name === 'string' && name.length <= LONGEST && isSecret(name, value);

  /** In an array of even length, names and values may alternate, as in Node's raw headers. */
  function shownArray(values: unknown[], left: number): unknown[] {
    const takesTurns = values.length % 2 === 0 && typeof values[0] === 'string';
    let copy: unknown[] | undefined;
    for (const [index, value] of values.entries()) {
      const isHidden = takesTurns && index % 2 === 1 && isSecretName(values[index - 1], value);
      const shown = isHidden ? HIDDEN : shownValue(value, left);
      if (shown !== value) (copy ??= [...values])[index] = shown;
    }
    return copy ?? values;
  }

  function shownValue(value: unknown, left: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const toJSON = 'toJSON' in value ? value.toJSON : undefined;
    if (isWrittenElsewhere(value, toJSON)) return value;
    if (left === 0 || (objects += 1) > OBJECTS) return CUT;
    if (value instanceof Error) return withoutSecrets(writtenError(value), left - 1);
    if (typeof toJSON === 'function') return shownValue(toJSON.call(value), left - 1);
    return Array.isArray(value) ? shownArray(value, left - 1) : withoutSecrets(value as Fields, left - 1);
  }

  return (fields) => {
    objects = 0;
    try {
      return withoutSecrets(fields, DEPTH);
    } catch (error) {
      return { unwritable: `the fields of this line cannot be read: ${String(error)}` };
    }
  };
}

/** Values that JSON.stringify converts itself: dates and bytes, unless that was overridden. */
function isWrittenElsewhere(value: object, toJSON: unknown): boolean {
  if (value instanceof Date) return toJSON === Date.prototype.toJSON;
  return ArrayBuffer.isView(value) && (toJSON === undefined || toJSON === Buffer.prototype.toJSON);
}
