import fc from 'fast-check';
import { fieldTypes, type Field } from '../../../generators/service/model/answers.ts';

type Typed = Pick<Field, 'type' | 'length' | 'digits' | 'values' | 'default'>;

const simple = fieldTypes.filter((type) => type !== 'enum' && type !== 'reference');

const digits = fc
  .record({ precision: fc.integer({ min: 1, max: 40 }), scale: fc.nat({ max: 40 }) })
  .filter(({ precision, scale }) => scale <= precision);

const values = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,12}$/), { minLength: 1, maxLength: 5 });

/** Any characters, or words of up to a line. */
const line = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.integer({ min: 1, max: 110 }).map((length) => 'a word or two '.repeat(8).slice(0, length).trim()),
);

const defaults: Partial<Record<Field['type'], fc.Arbitrary<unknown>>> = {
  string: line,
  text: line,
  email: fc.constant('ada@example.com'),
  url: fc.constant('https://example.com/a/rather/long/path'),
  integer: fc.integer(),
  bigint: fc.constantFrom('0', '-9223372036854775808'),
  decimal: fc.constantFrom('0', '1.5'),
  date: fc.constant('2026-01-31'),
  timestamp: fc.constant('2026-01-31T11:00:00.000Z'),
  uuid: fc.constant('01890a5d-ac96-774b-bcce-b302099a8057'),
  boolean: fc.boolean(),
  json: fc
    .jsonValue()
    .map((value) => JSON.stringify(value)) // The text of -0 is 0.
    .filter((text) => text !== 'null' && !text.includes('"__proto__"'))
    .map((text): unknown => JSON.parse(text)),
};

/** A type with arguments and a default, but no reference, which needs a resource. */
export const anyType: fc.Arbitrary<Typed> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...simple).map((type) => ({ type })) },
  fc.integer({ min: 1, max: 300 }).map((length) => ({ type: 'string' as const, length })),
  digits.map((each) => ({ type: 'decimal' as const, digits: { ...each } })),
  values.map((each) => ({ type: 'enum' as const, values: each })),
  values.map((each) => ({ type: 'enum' as const, values: each, default: each.at(-1) })),
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...simple)
      .chain((type) =>
        (defaults[type] ?? fc.constant(undefined)).map((value) =>
          value === undefined ? { type } : { type, default: value },
        ),
      ),
  },
);
