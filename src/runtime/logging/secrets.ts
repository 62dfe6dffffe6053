import { quotesRows, withoutRows } from './quoted-rows.ts';
import { HIDDEN, secretNames } from './secret-names.ts';
import { writtenError } from './written-error.ts';

/** Stands where a line ends: what lies deeper, or comes later, is not looked at, and so not written. */
const CUT = '[Object]';
const DEPTH = 8;
/** Objects of one line; one that refers to itself has no end. */
const OBJECTS = 5_000;

type Fields = Record<string, unknown>;

/**
 * Returns a function that gives the fields of a log line without secrets: without what the names say is one (see
 * `secretNames`), and without what PostgreSQL quotes of a row. It looks into objects of any class and into arrays, and writes
 * errors as `writtenError` does, wherever they stand. An object without any is returned as it is: copying every line, as
 * pino's `redact` does, costs more than writing it. It never throws.
 */
export function secretRemover(names: readonly string[] = []): (fields: Fields) => Fields {
  const isSecret = secretNames(names);
  let objects = 0;

  function withoutSecrets(values: Fields, left: number): Fields {
    const plain = quotesRows(values) ? withoutRows(values) : values;
    let copy: Fields | undefined;
    for (const name of Object.keys(plain)) {
      const value = plain[name];
      const shown = isSecret(name, value) ? HIDDEN : shownValue(value, left, name);
      if (shown !== value) (copy ??= { ...plain })[name] = shown;
    }
    return copy ?? plain;
  }

  /** Of two elements, such as a header, and in `rawHeaders` of Node, names and values take turns. */
  function shownArray(values: unknown[], left: number, name: string): unknown[] {
    const takesTurns = values.length === 2 || name === 'rawHeaders';
    let copy: unknown[] | undefined;
    for (const [index, value] of values.entries()) {
      const before: unknown = takesTurns && index % 2 === 1 ? values[index - 1] : undefined;
      const isHidden = typeof before === 'string' && isSecret(before, value);
      const shown = isHidden ? HIDDEN : shownValue(value, left, name);
      if (shown !== value) (copy ??= [...values])[index] = shown;
    }
    return copy ?? values;
  }

  function shownValue(value: unknown, left: number, name = ''): unknown {
    if (typeof value !== 'object' || value === null || isWrittenElsewhere(value)) return value;
    if (left === 0 || (objects += 1) > OBJECTS) return CUT;
    if (Array.isArray(value)) return shownArray(value, left - 1, name);
    if (value instanceof Error) return withoutSecrets(writtenError(value), left - 1);
    if ('toJSON' in value && typeof value.toJSON === 'function') return shownValue(value.toJSON(), left - 1);
    return withoutSecrets(value as Fields, left - 1);
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

/** What JSON.stringify writes in a form of its own. */
const isWrittenElsewhere = (value: object): boolean => value instanceof Date || ArrayBuffer.isView(value);
