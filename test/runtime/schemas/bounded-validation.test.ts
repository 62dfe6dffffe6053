import assert from 'node:assert/strict';
import fc from 'fast-check';
import joi from 'joi';
import { boundedValidation } from '../../../src/runtime/schemas/bounded-validation.ts';

const line = joi.object({
  sku: joi.string().required(),
  count: joi.number().min(1).required(),
  note: joi.string().max(3),
});
const schema = joi
  .object({
    kind: joi.string().valid('a', 'b').required(),
    lines: joi.array().items(line).max(50),
    any: joi.alternatives(joi.string(), line, joi.array().items(joi.number())),
    parts: joi.object().pattern(/^p/, line),
    when: joi
      .object({ a: joi.string().required() })
      .when('kind', { is: 'a', otherwise: joi.object({ b: joi.string().required() }) })
      .error((errors) => errors.slice(0, 1)),
    children: joi.array().items(joi.link('#node')),
  })
  .id('node');

const scalar = fc.oneof(fc.constantFrom<unknown>('a', 'b', 'long', 0, 1, null, true), fc.nat(3));
const names = fc.constantFrom(
  ...['sku', 'count', 'note', 'kind', 'lines', 'any', 'parts', 'when', 'children', 'a', 'b', 'p1', 'x'],
);
const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie('list'), tie('fields')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  fields: fc.dictionary(names, tie('value'), { maxKeys: 6 }),
}));

const roots = fc.record(
  {
    kind: fc.constantFrom('a', 'b', 'c'),
    lines: fc.array(fc.record({ sku: scalar, count: fc.nat(2), note: scalar }, { requiredKeys: ['count'] })),
    any: values,
    parts: fc.dictionary(names, values, { maxKeys: 2 }),
    when: fc.dictionary(names, scalar),
    children: values,
  },
  { requiredKeys: [] },
);

/** Fields with rules that count how often joi makes an error. */
function counting(fields: number) {
  let made = 0;
  const field = joi
    .string()
    .required()
    .error((errors) => {
      made += errors.length;
      return errors;
    });
  const entries = Array.from({ length: fields }, (_, at) => [`field${at}`, field] as const);
  return { item: joi.object(Object.fromEntries(entries)), made: () => made };
}

describe('boundedValidation', () => {
  it('finds the same errors as joi, and accepts the same values, for any input', () => {
    const validate = boundedValidation(schema, { errors: { label: false } });
    fc.assert(
      fc.property(fc.oneof(roots, values), (value) => {
        const { isPartial, ...found } = validate(value);
        const expected = schema.validate(value, { abortEarly: false, errors: { label: false } });
        assert.equal(isPartial, false);
        assert.deepEqual(found.error?.details, expected.error?.details);
        assert.deepEqual(found.value, expected.value);
      }),
      { numRuns: 300 },
    );
  });

  it('stops after 1,000 errors, however few values they take', () => {
    for (const [fields, items] of [
      [30, 999],
      [300, 30_000],
      [2_000, 1],
    ] as const) {
      const { item, made } = counting(fields);
      const validate = boundedValidation(joi.object({ items: joi.array().items(item) }));
      const { error, isPartial } = validate({ items: Array.from({ length: items }, () => ({})) });
      assert.deepEqual([error?.details.length, isPartial], [1, true]);
      assert.ok(made() <= 1_000 + fields + 1, `${made()} errors were made`);
    }
  });

  it('finds every error of a large value that has few', () => {
    const validate = boundedValidation(joi.object({ items: joi.array().items(joi.number()) }));
    const items: unknown[] = Array.from({ length: 20_000 }, (_, at) => at);
    items[7] = 'seven';
    items[19_999] = 'last';
    const { error, isPartial } = validate({ items });
    assert.equal(isPartial, false);
    assert.deepEqual(
      error?.details.map(({ path }) => path),
      [
        ['items', 7],
        ['items', 19_999],
      ],
    );
  });

  it('stops in the branches of alternatives too, and reports the reason', () => {
    const branches = Array.from({ length: 5 }, () => counting(20));
    const validate = boundedValidation(
      joi.object({ items: joi.array().items(joi.alternatives(...branches.map(({ item }) => item))) }),
    );
    const { error, isPartial } = validate({ items: Array.from({ length: 5_000 }, () => ({})) });
    assert.deepEqual([error?.details.length, isPartial], [1, true]);
    assert.ok(branches.reduce((sum, { made }) => sum + made(), 0) <= 1_300);
  });

  it('counts the errors of each value separately', () => {
    const validate = boundedValidation(joi.object({ a: joi.array().items(joi.string()) }));
    const wrong = { a: Array.from({ length: 600 }, (_, at) => at) };
    for (let time = 0; time < 3; time += 1) assert.equal(validate(wrong).error?.details.length, 600);
  });
});
