import assert from 'node:assert/strict';
import fc from 'fast-check';
import joi from 'joi';
import {
  bigintString,
  dateString,
  decimalString,
  textString,
  timestampString,
  uuidString,
} from '../../../src/runtime/schemas/fields.ts';
import { jsonFaults } from '../../../src/runtime/schemas/json-faults.ts';
import { textFieldsReader } from '../../../src/runtime/schemas/text-fields.ts';

const uuid = '5EE7A7A7-64b8-4e8b-9ea4-8d4b1c1c0e11';
const formats = {
  uuid: uuidString(),
  bigint: bigintString().description('a number'),
  decimal: decimalString(5, 2),
  date: dateString().label('day'),
  timestamp: timestampString(),
};
const texts = [uuid, '42', '-9223372036854775809', '1.50', '1.505', '2026-02-28', '2026-02-30', '0000-01-01'];
const value = fc.oneof(
  fc.constantFrom(...texts, '2026-01-31T12:00:00+02:00', '2026-02-31T12:00:00Z', '', '\0', 'a\ud800'),
  fc.constantFrom<unknown>(null, undefined, 42, true, [uuid], {}),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

describe('textFieldsReader', () => {
  it('reads the same as the schema, and leaves to joi each value that the schema refuses', () => {
    const names = fc.subarray(Object.keys(formats) as (keyof typeof formats)[], { minLength: 1 });
    const fields = names.chain((keys) => {
      const model = Object.fromEntries([...keys, 'other'].map((key) => [key, value]));
      return fc.tuple(fc.constant(keys), fc.record(model, { requiredKeys: [], noNullPrototype: false }));
    });
    let read = 0;
    fc.assert(
      fc.property(fields, ([keys, input]) => {
        const schema = joi
          .object(Object.fromEntries(keys.map((key) => [key, formats[key].required()])))
          .required();
        const before = { ...input };
        const result = textFieldsReader(schema)?.(input);
        const { value: expected, error } = schema.validate(input);
        if (result) read += 1;
        assert.deepEqual(result, error ? undefined : expected);
        if (result) assert.deepEqual(jsonFaults(input), []);
        assert.deepEqual({ ...input }, before);
      }),
      {
        numRuns: 100,
        examples: [
          [[['uuid', 'date'], { uuid, date: '2026-02-28' }]],
          [[['timestamp'], { timestamp: texts[5] }]],
        ],
      },
    );
    assert.ok(read > 0);
  });

  it('reads nothing but objects', () => {
    const read = textFieldsReader(joi.object({ id: uuidString().required() }));
    for (const each of [undefined, null, uuid, [uuid], JSON.stringify({ id: uuid }), 7])
      assert.equal(read?.(each), undefined);
    assert.deepEqual(read?.({ id: uuid }), { id: uuid.toLowerCase() });
  });

  it('refuses every schema with another rule', () => {
    const id = uuidString().required();
    const of = (field: joi.Schema) => joi.object({ id: field });
    const others: joi.Schema[] = [
      ...[
        id.optional(),
        id.allow(null),
        id.valid(uuid),
        id.invalid(uuid),
        id.default('x'),
        id.empty('x'),
      ].map(of),
      ...[
        id.lowercase(),
        id.trim(),
        id.min(3),
        id.pattern(/^5/),
        id.custom(String),
        id.strip(),
        id.raw(),
      ].map(of),
      ...[id.forbidden(), id.failover('x'), id.error(new Error('x')), id.external(String)].map(of),
      ...[
        id.prefs({ convert: false }),
        id.warning('x', {}),
        id.when('a', { is: 1, otherwise: joi.forbidden() }),
      ].map(of),
      ...[joi.string().required(), textString(9).required(), joi.any().required(), joi.object()].map(of),
      ...[of(id).unknown(), of(id).min(2), of(id).rename('a', 'id'), of(id).and('id'), of(id).custom(String)],
      ...[
        of(id).pattern(/x/, joi.any()),
        of(id).allow(null),
        of(id).default({}),
        of(id).prefs({ convert: false }),
      ],
      ...[
        of(id).raw(),
        of(id).strip(),
        of(id).external(String),
        of(id).failover({}),
        of(id).error(new Error('x')),
      ],
      ...[
        joi.object(),
        joi.object({}),
        joi.array().items(id),
        id,
        of(id).when('.id', { is: 1, otherwise: joi.any() }),
      ],
    ];
    for (const [index, schema] of others.entries())
      assert.equal(textFieldsReader(schema), undefined, `${index}: ${JSON.stringify(schema.describe())}`);
  });
});
