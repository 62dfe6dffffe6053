import assert from 'node:assert/strict';
import joi from 'joi';
import {
  bigintString,
  dateString,
  decimalString,
  emailString,
  jsonValue,
  textString,
  timestampString,
  urlString,
  uuidString,
} from '../../../src/runtime/schemas/fields.ts';
import { toJsonSchema } from '../../../src/runtime/schemas/json-schema.ts';

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
    good: ['0.00', '-0.01', '999.99', '1.50'],
    bad: ['much', '1000', '1.005', '.5', '1.', '1,5', 1.5, '--1'],
  },
  {
    name: 'decimalString',
    schema: decimalString(),
    good: ['0', '-0.01', '4.75', '4.750', `${'9'.repeat(100)}.${'1'.repeat(100)}`],
    bad: ['much', '1'.repeat(101), `0.${'1'.repeat(101)}`, '01', 4.75],
  },
  { name: 'decimalString', schema: decimalString(3, 0), good: ['0', '-999'], bad: ['1000', '1.0'] },
  { name: 'decimalString', schema: decimalString(2, 2), good: ['0.00', '-0.99'], bad: ['1.00', '.5'] },
  {
    name: 'emailString',
    schema: emailString(),
    good: ['ada@example.com', "o'hara+tag@mail.example.co.uk"],
    bad: [
      '',
      'ada',
      'ada@localhost',
      'ada.@example.com',
      'a..b@example.com',
      '@example.com',
      'a b@example.com',
      `${'a'.repeat(65)}@example.com`,
      7,
    ],
  },
  {
    name: 'urlString',
    schema: urlString(),
    good: ['https://example.com', 'http://localhost:8080/a?b=%20#c', 'HTTPS://example.com/'],
    bad: [
      '',
      'example.com',
      'ftp://example.com',
      'https://',
      'https://a b',
      'https://a/%zz',
      'https://ü.de',
      7,
    ],
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
    good: ['2024-02-29T23:59:59.999Z', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
    bad: [
      '2023-02-29T00:00:00Z',
      '2023-01-01',
      '2023-01-01T00:00:00',
      '2023-01-01T25:00:00Z',
      'noon',
      '0001-01-01T00:00:00+01:00',
      '9999-12-31T23:59:59-01:00',
    ],
  },
  {
    // RFC 9562, section 4; braces, URNs and the form without hyphens are PostgreSQL's and others' own.
    name: 'uuidString',
    schema: uuidString(),
    good: ['01890a5d-ac96-774b-bcce-b302099a8057', '00000000-0000-0000-0000-000000000000'],
    bad: [
      '',
      '01890a5dac96774bbcceb302099a8057',
      '{01890a5d-ac96-774b-bcce-b302099a8057}',
      'urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057',
      '01890a5d-ac96-774b-bcce-b302099a8057\n',
      '01890a5d-ac96-774b-bcce-b302099a805g',
      7,
    ],
  },
  {
    // JSON Schema Validation, section 6.3.1: length is the number of characters as defined by RFC 8259, code points.
    name: 'textString',
    schema: textString(4),
    good: ['a', 'abcd', '😀😀😀😀'],
    bad: ['', 'abcde', '😀😀😀😀😀', 7],
  },
];

describe('schemas of fields', () => {
  for (const { name, schema, good, bad } of cases) {
    it(`${name} accepts ${good.join(', ')}`, () => {
      for (const value of good)
        assert.deepEqual([errorsOf(schema, value), schema.validate(value).value], [[], value]);
    });

    it(`${name} answers each bad value with one error`, () => {
      for (const value of bad)
        assert.equal(errorsOf(schema, value).length, 1, `${value}: ${errorsOf(schema, value).join()}`);
    });
  }

  it('decimalString and emailString convert to the form in which a value is stored', () => {
    const stored = ['5', '-0', '4.7'].map((text) => decimalString(10, 2).validate(text).value as string);
    assert.deepEqual(stored, ['5.00', '0.00', '4.70']);
    assert.equal(decimalString().validate('-0.0').value, '0.0');
    assert.equal(emailString().validate('Ada@Example.COM').value, 'ada@example.com');
  });

  it('timestampString converts the time to UTC', () => {
    assert.equal(timestampString().validate('2024-03-01T01:30:00.5+02:00').value, '2024-02-29T23:30:00.500Z');
  });

  it('uuidString converts to the form that PostgreSQL returns', () => {
    assert.equal(
      uuidString().validate('01890A5D-AC96-774B-BCCE-B302099A8057').value,
      '01890a5d-ac96-774b-bcce-b302099a8057',
    );
  });

  it('textString counts code points together with another rule', () => {
    const name = '😀'.repeat(130);
    assert.deepEqual(errorsOf(textString(255).pattern(/^\p{Emoji}+$/u), name), []);
    assert.deepEqual(errorsOf(textString(129), name), [
      '"value" length must be less than or equal to 129 characters long',
    ]);
    assert.deepEqual(toJsonSchema(textString(255).email()), {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      format: 'email',
    });
  });

  it('jsonValue accepts any JSON, and its schema says whether null is allowed', () => {
    for (const value of [null, 0, '', false, [], {}]) assert.deepEqual(errorsOf(jsonValue(), value), []);
    assert.deepEqual(toJsonSchema(jsonValue()), {});
    assert.equal(errorsOf(jsonValue().invalid(null), null).length, 1);
    assert.deepEqual(toJsonSchema(jsonValue().invalid(null)), { not: { type: 'null' } });
  });

  it('a schema documents the values that it refuses', () => {
    assert.deepEqual(toJsonSchema(joi.string().invalid('root', 'admin')), {
      type: 'string',
      minLength: 1,
      not: { enum: ['root', 'admin'] },
    });
  });
});
