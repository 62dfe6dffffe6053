import type joi from 'joi';
import { textReaderOf, type ReadText } from './fields.ts';

/** The parts of joi's `describe()` that decide here. */
interface Description {
  type?: string;
  flags?: Record<string, unknown>;
  rules?: { name: string; args?: { method?: unknown } }[];
  preferences?: Record<string, unknown>;
  keys?: Record<string, Description>;
}

type TextFields = Record<string, unknown>;

/**
 * Returns a function that reads an object all of whose fields are required texts of a format, such as `{ id: uuidString() }`:
 * the result is the one of the schema, in a tenth of the time. It is undefined for a value that the schema may refuse, which joi
 * then explains. Returns undefined for any other schema.
 */
export function textFieldsReader(
  schema: joi.Schema,
): ((value: unknown) => TextFields | undefined) | undefined {
  const { keys = {}, ...object } = schema.describe() as Description;
  const readers = new Map<string, ReadText>();
  for (const [name, field] of Object.entries(keys)) {
    const read = readerOf(field);
    if (!read) return undefined;
    readers.set(name, read);
  }
  return readers.size > 0 && hasOnly(object, ['type', 'flags']) && isPlain(object, 'object')
    ? (value) => readFields(value, readers)
    : undefined;
}

function readFields(value: unknown, readers: ReadonlyMap<string, ReadText>): TextFields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = Object.assign(Object.create(Object.getPrototypeOf(value)), value) as TextFields;
  const names = Object.keys(fields);
  if (names.length !== readers.size) return undefined;
  for (const name of names) {
    const text = fields[name];
    const result = typeof text === 'string' ? readers.get(name)?.(text) : undefined;
    if (result === undefined) return undefined;
    fields[name] = result;
  }
  return fields;
}

/** Returns the reader of a required text with the one rule of its format. */
function readerOf(field: Description): ReadText | undefined {
  const { rules = [], preferences = {}, flags = {} } = field;
  const isText =
    hasOnly(field, ['type', 'flags', 'rules', 'preferences', 'metas', 'examples', 'notes', 'tags']) &&
    hasOnly(preferences, ['messages']) &&
    isPlain(field, 'string') &&
    flags['presence'] === 'required' &&
    rules.length === 1;
  return isText ? textReaderOf(rules[0]?.args?.method) : undefined;
}

/** Reports whether a schema has no flag that changes a result. */
const isPlain = ({ type, flags = {} }: Description, expected: string): boolean =>
  type === expected && hasOnly(flags, ['presence', 'label', 'description']);

const hasOnly = (described: object, names: readonly string[]): boolean =>
  Object.keys(described).every((name) => names.includes(name));
