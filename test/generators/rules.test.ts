import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Field } from '../../generators/service/model/answers.ts';
import { indexFault } from '../../generators/service/fields/index-rules.ts';
import { anyType } from './support/any-type.ts';
import { singularOf } from '../../generators/service/model/plurals.ts';
import { kebabFault } from '../../generators/outside/kebab-case.ts';
import { formatFields, parseFields } from '../../generators/service/fields/grammar.ts';
import {
  collisionFault,
  fieldNameFault,
  resourceNameFault,
  serviceNameFault,
} from '../../generators/service/model/name-rules.ts';

const of = (...names: string[]) => names.map((name) => ({ name, fields: [] }));

describe('the name of a service', () => {
  it('must be kebab-case, short and not taken', () => {
    for (const name of ['user', 'order-line', 'a1', 'billing-2'])
      assert.equal(serviceNameFault(name), undefined);
    assert.match(serviceNameFault('') ?? '', /the name is empty/);
    assert.match(serviceNameFault('my service') ?? '', /try "my-service"/);
    assert.match(serviceNameFault('../user') ?? '', /not kebab-case/);
    assert.match(serviceNameFault('9lives') ?? '', /try "lives"/);
    assert.match(serviceNameFault('-') ?? '', /not kebab-case/);
    assert.match(serviceNameFault('node-modules') ?? '', /reserved/);
    assert.match(serviceNameFault('con') ?? '', /a device name on Windows/);
    assert.match(kebabFault('a'.repeat(41), 'the name') ?? '', /41 characters; the maximum is 40/);
    assert.equal(kebabFault('a'.repeat(40), 'the name'), undefined);
  });
});

describe('the name of a resource', () => {
  const refused: Record<string, RegExp> = {
    users: /a plural.*"user"/,
    'order-lines': /a plural.*"order-line"/,
    sheep: /"sheep" has no plural of its own.*try "sheep-item"/,
    naïve: /try "naive"/,
    Straße: /try "strasse"/,
    OrderLine: /try "order-line"/,
    class: /reserved word of the language/,
    page: /"page" is a name that the generated code uses/,
    promise: /the type "Promise" already exists/,
    problem: /the type "Problem" already exists/,
    change: /"changes" is a name that the generated code uses/,
    database: /"database" is a name/,
    'event-position': /"event_positions" belongs to the runtime/,
  };
  for (const [name, message] of Object.entries(refused)) {
    it(`must not be "${name}"`, () => assert.match(resourceNameFault(name) ?? 'nothing', message));
  }

  it('is suggested in the singular only if that is a word, and can be a name', () => {
    const singulars: Record<string, string | undefined> = {
      orders: 'order',
      'order-lines': 'order-line',
      people: 'person',
      cookies: 'cookie',
      addresses: 'address',
      lenses: 'lens',
      media: 'medium',
      order: undefined,
      status: undefined,
      ...Object.fromEntries(
        ['news', 'analytics', 'logistics', 'series', 'sms', 'kudos'].map((noun) => [noun, undefined]),
      ),
    };
    assert.deepEqual(
      Object.fromEntries(Object.keys(singulars).map((name) => [name, singularOf(name)])),
      singulars,
    );
    const suggested = fc.oneof(
      fc.constantFrom(...Object.keys(singulars)),
      fc.stringMatching(/^[a-z]{2,12}(s|ics|a|es)$/),
    );
    fc.assert(
      fc.property(suggested, (name) => {
        const [, word] = /(?:singular \(|try )"(.*?)"/.exec(resourceNameFault(name) ?? '') ?? [];
        if (word !== undefined) assert.equal(resourceNameFault(word), undefined);
      }),
    );
  });

  it('can be a singular that ends in "s"', () => {
    for (const noun of ['gas', 'lens', 'bias', 'census', 'status', 'address', 'canvas'])
      assert.equal(resourceNameFault(noun), undefined);
  });

  it('can be any other noun, even a word of SQL, since its table has the plural', () => {
    const nouns = [
      'user',
      'order',
      'group',
      'order-line',
      'invoice',
      'address',
      'person',
      'status',
      'category',
      'box',
    ];
    assert.deepEqual(
      nouns.map((noun) => resourceNameFault(noun)),
      nouns.map(() => undefined),
    );
  });

  it('must not lead to the files of another resource or a copy', () => {
    assert.equal(collisionFault(of('user', 'order'), ['invoice']), undefined);
    assert.match(collisionFault(of('user', 'user'), []) ?? '', /"user" exists already/);
    assert.match(collisionFault(of('user', 'new-user'), []) ?? '', /would both write "NewUser"/);
    assert.match(collisionFault(of('user', 'user-service'), []) ?? '', /would both write "UserService"/);
    assert.match(
      collisionFault(of('user-copy'), ['user']) ?? '',
      /the copy of "user" and the resource "user-copy"/,
    );
  });
});

describe('the fields of a resource', () => {
  const refused: Record<string, RegExp> = {
    a: /the field "a" has no type/,
    'a:string:uniqe': /the unknown modifier "uniqe"\. Did you mean "unique"\?/,
    '': /at least one field/,
    'a:string a:text': /"a" exists already/,
    'createdAt:timestamp': /already exists/,
    'first_name:string': /try "firstName"/,
    '__proto__:string': /not camelCase/,
    'constructor:string': /hide a member of every JavaScript object/,
    'class:string': /reserved word of the language/,
    'currentDate:date': /the column "current_date" would be a reserved word of SQL/,
    'note:text:unique': /cannot be unique or indexed/,
    'data:json:index': /cannot be unique or indexed/,
    'active:boolean:unique': /cannot be unique/,
    ':string': /the field "" is not camelCase/,
    'a:strin': /the unknown type "strin"\. Did you mean "string"\?/,
    'a:integer(3)': /the type integer of the field "a" has no arguments/,
    'a:string(0)': /the length must be a whole number from 1 to 10485760/,
    'a:string(forty)': /string\(forty\), but the length/,
    'a:decimal(2,3)': /how many of them follow the point; write a:decimal\(10,2\)/,
    'a:decimal(1001)': /the number of digits, 1 to 1000/,
    'a:enum': /the enum of the field "a" has no values; write a:enum\(open\|closed\)/,
    'a:enum()': /has no values/,
    'a:enum(open|open)': /has the value "open" twice/,
    'a:enum(on hold|open)': /the value "on hold" of the enum "a" is not a word/,
    'a:enum(open|)': /the value "" of the enum "a" is not a word/,
    'a:enum(open|shut:index': /the parenthesis in "a:enum\(open\|shut:index" is not closed; add "\)"/,
    "a:text:default(it's)": /the quote in "a:text:default\(it's\)" is not closed/,
    'a:reference': /the reference "aId" does not name a resource; write aId:reference\(customer\)/,
    'a:reference(Customer)': /the reference "aId" does not name a resource: .*\(try "customer"\)/,
    'a:enum(x|y):unique': /cannot be unique, since its type has only few values/,
    'a:string(1):unique': /cannot be unique, since its type has only few values/,
    'a:string(601):index': /can be too large for an index/,
    'a:string:optional(x)': /the modifier "optional" of the field "a" has no arguments/,
    'a:string:default': /the default of the field "a" has no value; write default\(value\)/,
    'a:string:default(x):default(y)': /"a" has two defaults/,
    'a:string:unique:default(x)': /"a" cannot be unique with a default/,
    'a:reference(b):default(x)': /the reference "aId" cannot have a default/,
    'a:enum(x|y):default(z)':
      /the default "z" of the field "a" is not a value of the type enum\(x\|y\); the values are x, y/,
    'a:integer:default(1.5)': /is not a value of the type integer/,
    'a:integer:default(3000000000)': /is not a value of the type integer/,
    'a:bigint:default(9223372036854775808)': /is not a value of the type bigint/,
    'a:decimal(4,2):default(100)': /at most 2 digits before the point and 2 after it/,
    'a:boolean:default(yes)': /write default\(true\) or default\(false\)/,
    'a:date:default(2023-02-29)': /is not a value of the type date/,
    'a:timestamp:default(noon)': /is not a value of the type timestamp/,
    'a:email:default(ada)': /is not a value of the type email/,
    'a:url:default(ftp://x.de)': /is not a value of the type url/,
    'a:uuid:default(1)': /is not a value of the type uuid/,
    'a:json:default({)': /is not a value of the type json/,
    'a:json:default([{"__proto__":1}])': /has the key "__proto__".*rename the key/,
    'a:json:default({"\\u005f_proto__":{}})': /has the key "__proto__"/,
    'a:string(3):default(four)': /write a text of 1 to 3 characters/,
  };
  for (const [text, message] of Object.entries(refused)) {
    it(`must not be "${text}"`, () => assert.throws(() => parseFields(text), message));
  }

  it('are separated by spaces or commas, with modifiers in any order', () => {
    const field = { name: 'email', type: 'string', unique: true, optional: true, index: false };
    assert.deepEqual(parseFields(' email:string:optional:unique,  age:integer:index'), [
      field,
      { name: 'age', type: 'integer', unique: false, optional: false, index: true },
    ]);
  });

  it('have arguments in parentheses, which may contain spaces, commas and quoted text', () => {
    const text = `total:decimal(10, 2):default(5) state:enum( open | on-hold ):default(open), note:text:default("it's (1:1)")
      customer:reference(customer) data:json:default({"a":[1, 2]}) at:timestamp:default(2026-01-31T13:00:00+01:00)`;
    const [total, state, note, customer, data, at] = parseFields(text);
    assert.deepEqual([total?.digits, total?.default], [{ precision: 10, scale: 2 }, '5.00']);
    assert.deepEqual([state?.values, state?.default], [['open', 'on-hold'], 'open']);
    assert.equal(note?.default, "it's (1:1)");
    assert.deepEqual([customer?.name, customer?.target], ['customerId', 'customer']);
    assert.deepEqual(data?.default, { a: [1, 2] });
    assert.equal(at?.default, '2026-01-31T12:00:00.000Z');
    assert.equal(
      formatFields(parseFields(text)),
      String.raw`total:decimal(10,2):default(5.00) state:enum(open|on-hold):default(open) note:text:default('it\'s (1:1)') ` +
        'customerId:reference(customer) data:json:default({"a":[1,2]}) at:timestamp:default(2026-01-31T12:00:00.000Z)',
    );
  });

  it('get one index if they are both unique and index', () => {
    assert.equal(formatFields(parseFields('email:string:unique:index')), 'email:string:unique');
  });

  it('are read back as they were written', () => {
    const name = fc
      .stringMatching(/^[a-z][a-zA-Z0-9]{0,12}$/)
      .filter((text) => fieldNameFault(text) === undefined);
    const field = fc
      .record({
        name,
        typed: anyType,
        unique: fc.boolean(),
        optional: fc.boolean(),
        index: fc.boolean(),
        said: fc.constantFrom({}, { secret: true }, { secret: false }),
      })
      .map(({ said, typed: { default: value, ...typed }, ...each }): Field => {
        const field = { ...each, ...typed, index: each.index && !each.unique, ...said };
        const allowed = indexFault(field) ? { ...field, unique: false, index: false } : field;
        return value === undefined || allowed.unique ? allowed : { ...allowed, default: value };
      });
    const fields = fc.uniqueArray(field, { minLength: 1, selector: (each) => each.name.toLowerCase() });
    fc.assert(fc.property(fields, (list) => assert.deepEqual(parseFields(formatFields(list)), list)));
  });
});
