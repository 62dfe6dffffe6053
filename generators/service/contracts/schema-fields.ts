import type { Field, FieldType } from '../model/answers.ts';
import { decimalPattern } from '../fields/patterns.ts';
import { fieldNameFault } from '../model/name-rules.ts';
import { keywordsOf, type Keywords } from './schema-keywords.ts';

const formats = new Map<string, FieldType>([
  ['email', 'email'],
  ['uri', 'url'],
  ['uuid', 'uuid'],
  ['date', 'date'],
  ['date-time', 'timestamp'],
  ['int64', 'bigint'],
  ['decimal', 'decimal'],
]);

const int32 = 2 ** 31;
const longestString = 255;
/** The most nested alternatives that are inspected. */
const MAX_NESTED = 200;

/**
 * Returns the columns for a copy of this data. Data without a column type of its own becomes json. A property whose name
 * cannot be a column is omitted, and so are id, createdAt and updatedAt, and copiedAt, which is the copy's own. Accepts any
 * JSON, since the schema belongs to another team.
 */
export function fieldsOfSchema(schema: unknown): Field[] {
  const { properties, required } = keywordsOf(schema);
  return Object.entries(properties)
    .filter(([name]) => name !== 'copiedAt' && fieldNameFault(name) === undefined)
    .map(([name, property]) => ({
      name,
      ...typed(nonNull(property)),
      unique: false,
      optional: !required.includes(name) || allowsNull(property),
      index: false,
    }));
}

const isNull = (schema: unknown) => keywordsOf(schema).types.join() === 'null';

/** A schema that does not mention the type allows everything. */
function allowsNull(schema: unknown): boolean {
  const { types, anyOf = [], oneOf = [], not, isLimited } = keywordsOf(schema);
  if (isNull(not)) return false;
  if (types.includes('null') || types.length > 1) return types.includes('null');
  const options = [...anyOf, ...oneOf];
  return options.length > 0 ? options.some(isNull) : types.length === 0 && !isLimited;
}

/** Returns the keywords for values other than null, if exactly one schema has them. */
function nonNull(schema: unknown): Keywords {
  let keywords = keywordsOf(schema);
  for (let depth = 0; depth < MAX_NESTED; depth += 1) {
    const options = (keywords.anyOf ?? keywords.oneOf ?? []).filter((option) => !isNull(option));
    if (options.length !== 1) break;
    keywords = keywordsOf(options[0]);
  }
  const types = keywords.types.length > 1 ? keywords.types.filter((type) => type !== 'null') : keywords.types;
  return { ...keywords, types };
}

/** The decimal of version 0.2.0, whose copies have a column with these digits. */
const firstDigits = { precision: 20, scale: 6 };

/** Any other decimal has as many digits as its producer sends, since the producer may allow more of them later. */
function typed(keywords: Keywords): Pick<Field, 'type' | 'digits'> {
  const type = typeOf(keywords);
  const isFirst = type === 'decimal' && keywords.pattern === decimalPattern(firstDigits);
  return isFirst ? { type, digits: firstDigits } : { type };
}

function typeOf(keywords: Keywords): FieldType {
  const { types, format = '', maxLength = Infinity, minimum = 0, maximum = 0, isLimited } = keywords;
  const [type] = types.length === 1 ? types : [];
  if (type === 'boolean') return 'boolean';
  if (type === 'integer') return minimum < -int32 || maximum >= int32 ? 'json' : 'integer';
  if (type !== 'string') return 'json';
  return formats.get(format) ?? (isLimited || maxLength <= longestString ? 'string' : 'text');
}
