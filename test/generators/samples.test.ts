import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Field } from '../../generators/service/model/answers.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { samplesOf } from '../../generators/service/fields/samples.ts';
import { anyAnswers } from './support/any-answers.ts';

const everyday =
  'email:string:unique name:string phone:string city:string status:string price:decimal age:integer active:boolean placedAt:timestamp';

/** Evaluates the source text of a sample. */
const valueOf = (source: string): unknown =>
  // oxlint-disable-next-line typescript/no-implied-eval
  new Function('randomUUID', `return (${source});`)(() => '01890a5d-ac96-774b-bcce-b302099a8057') as unknown;

const valuesOf = (fields: Field[], resource: string, n: number) => {
  const samples = samplesOf(fields, resource);
  return Object.fromEntries(
    fields.map((field) => [field.name, valueOf(String(samples.numbered(field, String(n))))]),
  );
};

describe('the sample values of a field', () => {
  it('suit its name, in tests, seeds and examples', () => {
    const fields = parseFields(everyday);
    assert.deepEqual(valuesOf(fields, 'customer', 1), {
      email: 'ada.1@example.com',
      name: 'Ada Lovelace 1',
      phone: '+1 202 555 0111',
      city: 'Berlin',
      status: 'active',
      price: '19.99',
      age: 21,
      active: false,
      placedAt: '2026-01-01T00:00:00.001Z',
    });
    const samples = samplesOf(fields, 'customer');
    const seeded = fields.map((field) => [field.name, valueOf(String(samples.seeded(field, 1)))] as const);
    assert.deepEqual(Object.fromEntries(seeded), {
      email: 'grace@example.com',
      name: 'Grace Hopper',
      phone: '+1 202 555 0102',
      city: 'Lagos',
      status: 'pending',
      price: '49.50',
      age: 45,
      active: false,
      placedAt: '2026-02-28T14:00:00.000Z',
    });
    assert.equal(samples.example()['email'], 'mary@example.com');
  });

  it('depend on the resource for a name', () => {
    const names = ['user', 'order-item', 'supplier', 'shipping-method'].map(
      (resource) => samplesOf(parseFields('name:string'), resource).example()['name'],
    );
    assert.deepEqual(names, ['Mary Jackson', 'Wall clock', 'Tailspin', 'Shipping method D']);
  });

  it('differ between an update and every row that the tests insert, so a unique one is never taken', () => {
    const texts =
      'email password pin url phone firstName lastName userName company product fullName ipAddress street city zip ' +
      'countryCode country currency locale timeZone status kind color code title note name anything';
    const numbers =
      'count:integer age:integer year:integer priceCents:integer big:bigint weight:decimal price:decimal';
    const fields = [
      ...texts.split(' ').flatMap((name) => parseFields(`${name}:string:unique`)),
      ...`${numbers} day:date birthday:date at:timestamp`
        .split(' ')
        .flatMap((field) => parseFields(`${field}:unique`)),
    ];
    const samples = samplesOf(fields, 'thing');
    const inserted = Array.from({ length: 60 }, (_, index) => valuesOf(fields, 'thing', index + 1));
    for (const field of fields) {
      const other = valueOf(String(samples.other(field)));
      assert.ok(!inserted.some((row) => row[field.name] === other), `${field.name}: ${String(other)}`);
    }
  });

  it('differ between two rows: each unique one, and at least one of any resource', () => {
    fc.assert(
      fc.property(anyAnswers, ({ resources }) => {
        for (const { name, fields } of resources) {
          const rows = [1, 2, 3].map((n) => valuesOf(fields, name, n));
          const isComparable = ({ type }: Field) => !['uuid', 'boolean', 'enum'].includes(type);
          const differing = fields.filter(
            (field) => new Set(rows.map((row) => JSON.stringify(row[field.name]))).size === 3,
          );
          if (fields.some(isComparable)) assert.ok(differing.length > 0, JSON.stringify(fields));
          for (const field of fields.filter((each) => each.unique && isComparable(each)))
            assert.ok(differing.includes(field), JSON.stringify(field));
          const samples = samplesOf(fields, name);
          assert.deepEqual(fields.filter(samples.isCounted), differing);
          for (const field of fields.filter(({ unique, type }) => unique && type !== 'boolean'))
            assert.equal(new Set([0, 1, 2].map((row) => String(samples.seeded(field, row)))).size, 3);
        }
      }),
      { numRuns: 50 },
    );
  });
});
