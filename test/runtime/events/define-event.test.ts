import assert from 'node:assert/strict';
import joi from 'joi';
import { defineEvent, type EventSettings } from '../../../src/runtime/events/event/definition.ts';
import { acceptData, EventDataError, serializeData } from '../../../src/runtime/events/event/data.ts';

interface User {
  id: string;
  firstName: string;
  born?: string;
}

const settings: EventSettings<User> = {
  type: 'user.created',
  version: 3,
  topic: 'user.events',
  aggregate: 'user',
  schema: joi.object<User>({
    id: joi.string().required(),
    firstName: joi.string().required(),
    born: joi.string().isoDate(),
  }),
  upcasts: {
    1: ({ name, ...rest }) => ({ ...rest, fullName: name }),
    2: ({ fullName, ...rest }) => ({ ...rest, firstName: String(fullName).split(' ')[0] }),
  },
};
const userCreated = defineEvent(settings);

describe('defineEvent', () => {
  it('creates events about an aggregate', () => {
    const event = userCreated.of('7', { id: '7', firstName: 'Ada' });
    assert.deepEqual([event.definition, event.aggregateId, event.data.firstName], [userCreated, '7', 'Ada']);
  });

  const wrong: [string, Partial<EventSettings<User>>, RegExp][] = [
    [
      'a type that is no fact about an aggregate',
      { type: 'Created' },
      /"Created" is not a valid event type; write <aggregate>\.<past tense>/,
    ],
    ['a version that does not count', { version: 0 }, /user\.created has version 0; versions are 1, 2, 3/],
    ['a topic that Kafka refuses', { topic: 'user events' }, /"user events" is not a valid Kafka topic name/],
    ['an aggregate that is no name', { aggregate: 'User ' }, /has the aggregate "User "/],
    ['an upcast that leads nowhere', { upcasts: { 3: (data) => data } }, /has an upcast from version 3/],
    [
      'a schema with what JSON does not have',
      { schema: joi.object({ born: joi.date() }) },
      /uses joi\.date\(\)/,
    ],
  ];
  for (const [what, part, message] of wrong) {
    it(`refuses ${what}`, () => assert.throws(() => defineEvent({ ...settings, ...part }), message));
  }
});

describe('the data of an event', () => {
  it('that violates many rules gives a short message', () => {
    const lists = defineEvent({
      ...settings,
      upcasts: {},
      schema: joi.object({ list: joi.array().items(joi.string()) }),
    });
    const fields = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`f${at}`, joi.any().required()]),
    );
    const messageOf = (work: () => unknown): string => {
      try {
        return String(work());
      } catch (error) {
        assert.ok(error instanceof EventDataError);
        return error.message;
      }
    };
    const many = messageOf(() => acceptData(lists, 3, { list: Array<number>(300).fill(1) }));
    assert.equal(many.match(/must be a string/g)?.length, 20);
    assert.match(many, /280 more/);
    const first = messageOf(() => acceptData(lists, 3, { list: Array<number>(50_000).fill(1) }));
    assert.equal(first.match(/must be a string/g)?.length, 1);
    const wide = defineEvent({
      ...settings,
      upcasts: {},
      schema: joi.object({ list: joi.array().items(fields) }),
    });
    const missing = messageOf(() => acceptData(wide, 3, { list: Array.from({ length: 999 }, () => ({})) }));
    assert.equal(missing.match(/is required/g)?.length, 1);
    const placed = defineEvent({ ...settings, upcasts: {}, schema: joi.object({ list: joi.any() }) });
    const deep = { list: Array.from({ length: 20 }, () => ({ ['x'.repeat(50_000)]: '\0' })) };
    assert.ok(messageOf(() => serializeData(placed, deep as unknown as User)).length < 10_000);
    const long = { ['x'.repeat(50_000)]: 1 };
    assert.ok(messageOf(() => serializeData(userCreated, long as unknown as User)).length < 2_000);
  });

  it('that violates a rule under a long name gives a message with the rule, in linear time', () => {
    const map = joi.object().pattern(joi.string(), joi.array().items(joi.string()));
    const named = defineEvent({ ...settings, upcasts: {}, schema: joi.object({ map }) });
    const data = { map: { ['k'.repeat(10_000)]: Array<number>(900).fill(1) } };
    const message = /^user\.created version 3 does not fit its schema: "map\.k{196}…" must be a string\. /;
    assert.throws(() => acceptData(named, 3, data), { name: 'EventDataError', message });
    assert.throws(() => acceptData(named, 3, 'text'), /schema: "data" must be of type object$/);
  });

  it('is not published when JSON or PostgreSQL would alter it', () => {
    const anything = defineEvent({ ...settings, upcasts: {}, schema: joi.object({ meta: joi.any() }) });
    let nested: unknown = 1;
    for (let depth = 0; depth < 5_000; depth += 1) nested = [nested];
    for (const [value, place] of [
      [Number.NaN, 'meta'],
      [{ list: [1, Infinity] }, 'meta.list.1'],
      ['a\0', 'meta'],
      [{ text: '\ud800' }, 'meta.text'],
      [{ '\udfff': 1 }, 'meta'],
      [nested, 'meta'],
    ] as const) {
      const message = new RegExp(`^user\\.created version 3 was not published: "${place}" must `);
      assert.throws(() => serializeData(anything, { meta: value }), { name: 'EventDataError', message });
    }
    assert.equal(serializeData(anything, { meta: { '😀': ['😀', 1e300] } }), '{"meta":{"😀":["😀",1e+300]}}');
  });

  it('is published as JSON; a Date is a string there', () => {
    const born = new Date('2001-02-03T04:05:06.000Z') as unknown as string;
    assert.equal(
      serializeData(userCreated, { id: '7', firstName: 'Ada', born }),
      '{"id":"7","firstName":"Ada","born":"2001-02-03T04:05:06.000Z"}',
    );
  });

  it('is not published with another type or an unknown field, and every fault is named', () => {
    const data = { id: 7, firstName: 'Ada', age: 1 } as unknown as User;
    assert.throws(
      () => serializeData(userCreated, data),
      (error: Error) => {
        assert.ok(error instanceof EventDataError);
        assert.equal(
          error.message,
          'user.created version 3 was not published: "id" must be a string. "age" is not allowed',
        );
        return true;
      },
    );
  });

  it('is accepted with fields that a newer producer has added, which are dropped', () => {
    assert.deepEqual(acceptData(userCreated, 3, { id: '7', firstName: 'Ada', age: 1 }), {
      id: '7',
      firstName: 'Ada',
    });
  });

  it('is validated with the preferences of its schema, if it has any', () => {
    const schema = joi.object({ count: joi.number().required() });
    const counted = { ...settings, type: 'user.counted', version: 1, upcasts: {} };
    const lenient = defineEvent({ ...counted, schema: schema.prefs({ convert: true, stripUnknown: true }) });
    assert.equal(serializeData(lenient, { count: '7', more: true }), '{"count":7}');
    const strict = defineEvent({ ...counted, schema: schema.prefs({ stripUnknown: false }) });
    assert.throws(() => acceptData(strict, 1, { count: 7, more: true }), /"more" is not allowed/);
  });

  it('has an unknown version if it is newer than the definition', () => {
    assert.throws(() => acceptData(userCreated, 4, { id: '7', firstName: 'Ada' }), {
      name: 'UnknownVersionError',
      message: /arrived in version 4, but this service knows only versions up to 3/,
    });
  });

  it('is lifted from every older version', () => {
    const expected = { id: '7', firstName: 'Ada' };
    assert.deepEqual(acceptData(userCreated, 1, { id: '7', name: 'Ada Lovelace' }), expected);
    assert.deepEqual(acceptData(userCreated, 2, { id: '7', fullName: 'Ada Lovelace' }), expected);
  });

  it('is an error if no upcaster lifts it, or if it violates the schema', () => {
    const bare = defineEvent({ ...settings, upcasts: {} });
    assert.throws(
      () => acceptData(bare, 1, {}),
      /arrived in version 1, but its definition has no upcast from version 1 to 2/,
    );
    assert.throws(() => acceptData(userCreated, 2, null), /has data that is not an object: null/);
    assert.throws(() => acceptData(userCreated, 3, { id: '7' }), /"firstName" is required/);
  });
});
