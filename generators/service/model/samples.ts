import { code, type Code } from '../../rendering/code.ts';
import { json, text } from '../../rendering/writers.ts';
import type { Field, FieldType } from './answers.ts';
import { textKind, type Rows } from './sample-texts.ts';

/** Sample values of one field. */
interface Sample {
  /** JSON values for seeds and examples. */
  rows: Rows<unknown>;
  /** Source text of a value for tests; `n`, source text of a number, makes it distinct. */
  numbered: (n: string) => Code;
  /** Whether one value suits several rows. */
  isShared?: boolean;
}

type Facts = (name: string, resource: string) => Sample;

/** A decimal column has six digits after the point, and PostgreSQL returns all of them. */
const price: Sample = {
  rows: ['19.99', '49.50', '9.00', '24.00'],
  numbered: (n) => code`\`\${${n}}9.990000\``,
};

const isMoney = /(^|_)(price|amount|cost|fee|total|subtotal|balance|salary|budget|discount|tax|revenue)(_|$)/;

/** A float would round this bigint, so tests see that it is not one. */
const beyondDouble = (n: string) => code`String(9_007_199_254_740_993n + BigInt(${n}))`;

const facts: Record<FieldType, Facts> = {
  string: textKind,
  text: textKind,
  integer: integerSample,
  bigint: () => ({ rows: ['1001', '1002', '1003', '1004'], numbered: beyondDouble }),
  decimal: (name) =>
    isMoney.test(name)
      ? price
      : { rows: ['1.5', '2.25', '10', '3'], numbered: (n) => code`\`\${${n}}.250000\`` },
  boolean: () => ({ rows: [true, false, true, true], numbered: (n) => code`${n} % 2 === 0` }),
  date: (name) => ({
    rows: /birth|born/.test(name)
      ? ['1985-12-10', '1990-06-23', '1978-03-02', '1993-08-26']
      : ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'],
    numbered: (n) => code`new Date(Date.UTC(2000, 0, 1 + (${n} % 100_000))).toISOString().slice(0, 10)`,
  }),
  timestamp: () => ({
    rows: [
      '2026-01-31T09:30:00.000Z',
      '2026-02-28T14:00:00.000Z',
      '2026-03-31T18:45:00.000Z',
      '2026-04-30T12:15:00.000Z',
    ],
    numbered: (n) => code`new Date(Date.UTC(2026, 0, 1) + ${n}).toISOString()`,
  }),
  uuid: () => ({ rows: [uuid(1), uuid(2), uuid(3), uuid(4)], numbered: () => code`randomUUID()` }),
  json: () => ({
    rows: [
      { tags: ['new'], rank: 1 },
      { tags: ['sale'], rank: 2 },
      { tags: [], rank: null },
      { tags: ['new'], rank: 3 },
    ],
    numbered: (n) => code`{ tags: ['new', 'sale'], rank: ${n}, parent: null }`,
  }),
};

function integerSample(name: string): Sample {
  if (/(^|_)age$/.test(name)) return { rows: [36, 45, 28, 51], numbered: (n) => code`20 + ${n}` };
  if (/(^|_)year$/.test(name)) return { rows: [2024, 2025, 2026, 2027], numbered: (n) => code`2000 + ${n}` };
  if (isMoney.test(name) || name.endsWith('cents'))
    return { rows: [1999, 4950, 900, 2400], numbered: (n) => code`1000 + ${n}` };
  return { rows: [1, 2, 3, 4], numbered: (n) => code`100 + ${n}` };
}

const uuid = (n: number) => `01890a5d-ac96-774b-bcce-b302099a805${n}`;

/** Source text of a value that differs from every sample, for updates. */
const others: Record<Exclude<FieldType, 'string' | 'text'>, Code> = {
  integer: code`7`,
  bigint: code`'9007199254741995'`,
  decimal: code`'24.500000'`,
  boolean: code`false`,
  date: code`'2024-02-29'`,
  timestamp: code`'2024-02-29T12:30:00.123Z'`,
  uuid: code`'01890a5d-ac96-774b-bcce-b302099a8057'`,
  json: code`['another', 'value']`,
};

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

/** Returns the samples for the fields of a resource with this name in kebab-case. */
export function samplesOf(fields: readonly Field[], resource: string): Samples {
  const sampleOf = ({ name, type }: Field): Sample => facts[type](wordsOf(name), resource);
  const isDistinct = (field: Field) =>
    !['boolean', 'uuid'].includes(field.type) && (field.unique || !sampleOf(field).isShared);
  // Two rows must differ in some field.
  const differs = fields.some(isDistinct);
  const isConstant = (field: Field) => differs && !field.unique && sampleOf(field).isShared === true;
  return {
    numbered: (field, n) =>
      isConstant(field) ? text(String(sampleOf(field).rows[0])) : sampleOf(field).numbered(n),
    isCounted: (field) => !['boolean', 'uuid'].includes(field.type) && !isConstant(field),
    other: (field) =>
      field.type === 'string' || field.type === 'text'
        ? text(String(sampleOf(field).rows[1]))
        : others[field.type],
    seeded: (field, row) => {
      const value = sampleOf(field).rows[row];
      if (field.type === 'json') return text(JSON.stringify(value));
      return typeof value === 'string' ? text(value) : json(value);
    },
    example: () => Object.fromEntries(fields.map((field) => [field.name, sampleOf(field).rows[3]])),
  };
}
