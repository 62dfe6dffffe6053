import { types } from 'pg';

type Parse = (text: string) => unknown;
type ParserOf<Format> = (oid: number, format?: Format) => Parse;

const { INT8, NUMERIC, DATE } = types.builtins;
const TIMESTAMPTZ: number = types.builtins.TIMESTAMPTZ;
const TEXT_ARRAY = 1009;
const INT8_ARRAY = 1016;
const DATE_ARRAY = 1182;
const TIMESTAMPTZ_ARRAY = 1185;
const NUMERIC_ARRAY = 1231;
const strings = new Set<number>([INT8, NUMERIC, DATE]);
const stringArrays = new Set([INT8_ARRAY, NUMERIC_ARRAY, DATE_ARRAY]);

/**
 * Parses PostgreSQL's types for one connection, without changing pg for the rest of the process. bigint, numeric and date
 * stay strings, because a number loses digits and a Date shifts a day between time zones. The others are pg's: `timestamptz`
 * is a Date, and JSON is parsed.
 */
export const typeParsers: { getTypeParser: ParserOf<string> } = {
  getTypeParser(oid, format) {
    if (strings.has(oid)) return String;
    const parserOf: ParserOf<'text' | 'binary'> = types.getTypeParser;
    return parserOf(stringArrays.has(oid) ? TEXT_ARRAY : oid, format === 'binary' ? 'binary' : 'text');
  },
};

/** `typeParsers`, but `timestamptz` is the text that a Date has in JSON. */
export const isoTypeParsers: typeof typeParsers = {
  getTypeParser(oid, format) {
    if (oid === TIMESTAMPTZ) return isoText;
    const parse = typeParsers.getTypeParser(oid === TIMESTAMPTZ_ARRAY ? TEXT_ARRAY : oid, format);
    return oid === TIMESTAMPTZ_ARRAY ? (text) => isoTexts(parse(text)) : parse;
  },
};

const parseTimestamp: Parse = types.getTypeParser(TIMESTAMPTZ);

/** Matches the text of a time in a session whose time zone is UTC, for the years AD 1 to 9999. */
const utc = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?\+00$/;

/** Returns the ISO text of a time. `infinity`, and a time beyond the range of Date, are returned as PostgreSQL writes them. */
function isoText(text: string): string {
  const [, day, time, fraction = ''] = utc.exec(text) ?? [];
  if (day !== undefined) return `${day}T${time}.${fraction.padEnd(3, '0')}Z`;
  const date = parseTimestamp(text);
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : text;
}

const isoTexts = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(isoTexts);
  return typeof value === 'string' ? isoText(value) : value;
};
