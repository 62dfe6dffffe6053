import { code, type Code } from '../../rendering/code.ts';
import { json, text } from '../../rendering/writers.ts';
import type { Field, FieldType } from '../model/answers.ts';
import type { Rows, Sample } from './sample.ts';
import { bigintSample, decimalSample, integerSample } from './sample-numbers.ts';
import { emails, textKind, urls, type TextKind } from './sample-texts.ts';

/** Returns the samples of a field; `name` is its name in snake_case. */
type Facts = (field: Field, name: string, resource: string) => Sample;

const facts: Record<FieldType, Facts> = {
  string: ({ length = Infinity }, name, resource) => fitting(textKind(name, resource), length),
  text: (_, name, resource) => ofText(textKind(name, resource)),
  email: () => ofText(emails),
  url: () => ofText(urls),
  integer: (_, name) => integerSample(name),
  bigint: () => bigintSample,
  decimal: ({ digits }, name) => decimalSample(name, digits),
  boolean: () => ({
    rows: [true, false, true, true],
    numbered: (n) => code`${n} % 2 === 0`,
    other: code`false`,
  }),
  date: (_, name) => ({
    rows: /birth|born/.test(name)
      ? ['1985-12-10', '1990-06-23', '1978-03-02', '1993-08-26']
      : ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'],
    numbered: (n) => code`new Date(Date.UTC(2000, 0, 1 + (${n} % 100_000))).toISOString().slice(0, 10)`,
    other: code`'2024-02-29'`,
  }),
  timestamp: () => ({
    rows: [
      '2026-01-31T09:30:00.000Z',
      '2026-02-28T14:00:00.000Z',
      '2026-03-31T18:45:00.000Z',
      '2026-04-30T12:15:00.000Z',
    ],
    numbered: (n) => code`new Date(Date.UTC(2026, 0, 1) + ${n}).toISOString()`,
    other: code`'2024-02-29T12:30:00.123Z'`,
  }),
  uuid: () => ({
    rows: [uuid(1), uuid(2), uuid(3), uuid(4)],
    numbered: () => code`randomUUID()`,
    other: code`'01890a5d-ac96-774b-bcce-b302099a8057'`,
  }),
  json: () => ({
    rows: [
      { tags: ['new'], rank: 1 },
      { tags: ['sale'], rank: 2 },
      { tags: [], rank: null },
      { tags: ['new'], rank: 3 },
    ],
    numbered: (n) => code`{ tags: ['new', 'sale'], rank: ${n}, parent: null }`,
    other: code`['another', 'value']`,
  }),
  enum: ({ values = [] }) => {
    const value = (n: number) => values[n % values.length] ?? '';
    return {
      rows: [value(0), value(1), value(2), value(0)],
      numbered: () => text(value(0)),
      other: text(value(1)),
      isShared: true,
    };
  },
  reference: ({ target }, _name, resource) => ({
    rows: target === resource ? [null, null, null, null] : [seedId(0), seedId(1), seedId(2), seedId(0)],
    numbered: () => code`null`,
    other: code`'01890a5d-ac96-774b-bcce-b302099a8057'`,
  }),
};

const ofText = (kind: TextKind): Sample => ({ ...kind, other: text(kind.rows[1]) });

/** Returns short codes instead of texts that are longer than their column. */
function fitting(kind: TextKind, length: number): Sample {
  const longest = [...kind.rows, kind.numbered('100000').text].map((value) => value.length);
  if (Math.max(...longest) <= length) return ofText(kind);
  const rows: Rows<string> = length === 1 ? ['A', 'B', 'C', 'D'] : ['A1', 'B2', 'C3', 'D4'];
  const numbered = (n: string) => (length === 1 ? code`String(${n} % 10)` : code`String(${n})`);
  return { rows, numbered, other: text(rows[1]), ...(length === 1 && { isShared: true }) };
}

const uuid = (n: number) => `01890a5d-ac96-774b-bcce-b302099a805${n}`;

/** The id of a row that a seed inserts: 0, 1 or 2. */
const seedId = (row: number): string => `00000000-0000-4000-8000-00000000000${row + 1}`;

/** The words of a camelCase name, joined with `_`: `imageURL` becomes `image_url`. */
const wordsOf = (name: string) => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** Sample values for the fields of one table. */
export interface Samples {
  /** Source text of a value for tests; `n` is source text of a number. */
  numbered: (field: Field, n: string) => Code;
  /** Reports whether the values of two numbers always differ, and the number alone decides. */
  isCounted: (field: Field) => boolean;
  /** Source text of another value, for updates. */
  other: (field: Field) => Code;
  /** Source text of the value in one of the three rows of a seed. */
  seeded: (field: Field, row: number) => Code;
  /** An example as clients send it. */
  example: () => Record<string, unknown>;
}

/** Their test values say nothing about the number of a row. */
const uncounted: readonly FieldType[] = ['boolean', 'uuid', 'enum', 'reference'];

/** Returns the samples for the fields of a resource with this name in kebab-case. */
export function samplesOf(fields: readonly Field[], resource: string): Samples {
  const sampleOf = (field: Field): Sample => facts[field.type](field, wordsOf(field.name), resource);
  const isDistinct = (field: Field) =>
    !uncounted.includes(field.type) && (field.unique || !sampleOf(field).isShared);
  // Two rows must differ in some field.
  const differs = fields.some(isDistinct);
  const isConstant = (field: Field) => differs && !field.unique && sampleOf(field).isShared === true;
  return {
    numbered: (field, n) =>
      isConstant(field) ? text(String(sampleOf(field).rows[0])) : sampleOf(field).numbered(n),
    isCounted: (field) => !uncounted.includes(field.type) && !isConstant(field),
    other: (field) => sampleOf(field).other,
    seeded: (field, row) => {
      const value = sampleOf(field).rows[row];
      if (field.type === 'json') return text(JSON.stringify(value));
      return typeof value === 'string' ? text(value) : json(value);
    },
    example: () => Object.fromEntries(fields.map((field) => [field.name, sampleOf(field).rows[3]])),
  };
}
