import assert from 'node:assert/strict';
import type joi from 'joi';
import {
  bigintString,
  dateString,
  decimalString,
  timestampString,
} from '../../../src/runtime/schemas/fields.ts';

const errorsOf = (schema: joi.Schema, value: unknown) =>
  schema.validate(value, { abortEarly: false }).error?.details.map(({ message }) => message) ?? [];

const cases = [
  {
    name: 'bigintString',
    schema: bigintString(),
    good: ['0', '-1', '9223372036854775807', '-9223372036854775808'],
    bad: ['', 'many', '1.0', '01', '-0', '9223372036854775808', '-9223372036854775809', 7, '1e3'],
  },
  {
    name: 'decimalString',
    schema: decimalString(5, 2),
    good: ['0', '-0.01', '999.99', '1.5'],
    bad: ['much', '1000', '1.005', '.5', '1.', '1,5', 1.5, '--1'],
  },
  {
    name: 'dateString',
    schema: dateString(),
    good: ['2024-02-29', '0001-01-01', '9999-12-31'],
    bad: ['2023-02-29', '2023-13-01', '0000-01-01', '2023-1-1', '2023-01-01T00:00:00Z', 'today'],
  },
  {
    name: 'timestampString',
    schema: timestampString(),
    good: ['2024-02-29T23:59:59.999Z'],
    bad: ['2023-02-29T00:00:00Z', '2023-01-01', '2023-01-01T00:00:00', '2023-01-01T25:00:00Z', 'noon'],
  },
];

describe('schemas of fields', () => {
  for (const { name, schema, good, bad } of cases) {
    it(`${name} takes ${good.join(', ')}`, () => {
      for (const value of good)
        assert.deepEqual([errorsOf(schema, value), schema.validate(value).value], [[], value]);
    });

    it(`${name} answers each bad value with one error`, () => {
      for (const value of bad)
        assert.equal(errorsOf(schema, value).length, 1, `${value}: ${errorsOf(schema, value).join()}`);
    });
  }

  it('timestampString gives the moment in UTC', () => {
    assert.equal(timestampString().validate('2024-03-01T01:30:00.5+02:00').value, '2024-02-29T23:30:00.500Z');
  });
});
