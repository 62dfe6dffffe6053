import fc from 'fast-check';
import { fieldTypes, type Field } from '../../../generators/service/model/answers.ts';

type Typed = Pick<Field, 'type' | 'length' | 'digits' | 'values' | 'default'>;

const simple = fieldTypes.filter((type) => type !== 'enum' && type !== 'reference');

const digits = fc
  .record({ precision: fc.integer({ min: 1, max: 40 }), scale: fc.nat({ max: 40 }) })
  .filter(({ precision, scale }) => scale <= precision);

const values = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,12}$/), { minLength: 1, maxLength: 5 });

const defaults: Partial<Record<Field['type'], fc.Arbitrary<unknown>>> = {
  string: fc.string({ minLength: 1, maxLength: 20 }),
  text: fc.string({ minLength: 1, maxLength: 20 }),
  integer: fc.integer(),
  boolean: fc.boolean(),
  json: fc.jsonValue().filter((value) => value !== null),
};

/** A type with arguments and a default, but no reference, which needs a resource. */
export const anyType: fc.Arbitrary<Typed> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...simple).map((type) => ({ type })) },
  fc.integer({ min: 1, max: 300 }).map((length) => ({ type: 'string' as const, length })),
  digits.map((each) => ({ type: 'decimal' as const, digits: { ...each } })),
  values.map((each) => ({ type: 'enum' as const, values: each })),
  values.map((each) => ({ type: 'enum' as const, values: each, default: each.at(-1) })),
  fc
    .constantFrom(...simple)
    .chain((type) =>
      (defaults[type] ?? fc.constant(undefined)).map((value) =>
        value === undefined ? { type } : { type, default: value },
      ),
    ),
);
