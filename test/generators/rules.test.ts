import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fieldTypes, type Field } from '../../generators/service/model/answers.ts';
import { singularOf } from '../../generators/service/model/plurals.ts';
import { kebabFault } from '../../generators/outside/kebab-case.ts';
import { formatFields, parseFields } from '../../generators/service/model/field-grammar.ts';
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
    assert.match(collisionFault(of('user', 'user'), []) ?? '', /"user" is given twice/);
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
    'a:string a:text': /"a" is given twice/,
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
        type: fc.constantFrom(...fieldTypes),
        unique: fc.boolean(),
        optional: fc.boolean(),
        index: fc.boolean(),
        said: fc.constantFrom({}, { secret: true }, { secret: false }),
      })
      .map(({ said, ...each }): Field => {
        const indexable = !['text', 'json', 'boolean'].includes(each.type);
        const unique = each.unique && indexable;
        return { ...each, unique, index: each.index && indexable && !unique, ...said };
      });
    const fields = fc.uniqueArray(field, { minLength: 1, selector: (each) => each.name.toLowerCase() });
    fc.assert(fc.property(fields, (list) => assert.deepEqual(parseFields(formatFields(list)), list)));
  });
});
