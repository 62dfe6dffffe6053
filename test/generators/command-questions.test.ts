import assert from 'node:assert/strict';
import type { Ask } from '../../generators/questions/question.ts';
import { commands } from '../../generators/service/commands/commands.ts';
import type { ConsumedEvent, ServiceAnswers } from '../../generators/service/model/answers.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';

/** Answers each question with the next of `replies`: a text, or the name of a choice, or the names of several. */
function scripted(...replies: (string | string[])[]): { ask: Ask; left: typeof replies } {
  const next = () => replies.shift() ?? assert.fail('a question without a reply');
  const choice = <Value>(choices: { name: string; value: Value }[], name: string | string[]): Value => {
    const found = choices.find((each) => each.name === name) ?? assert.fail(`no choice ${String(name)}`);
    return found.value;
  };
  const ask: Ask = {
    text: async ({ validate }) => {
      const text = String(next());
      assert.equal(validate?.(text) ?? true, true);
      return text;
    },
    confirm: () => assert.fail('no question is a confirmation'),
    choose: async ({ choices }) => choice(choices, next()),
    chooseSome: async ({ choices }) => [next()].flat().map((name) => choice(choices, name)),
  };
  return { ask, left: replies };
}

const told = (type: string): ConsumedEvent => ({
  type,
  version: 1,
  topic: 'account.events',
  aggregate: 'account',
  from: 'account-service',
  schema: { type: 'object' },
  fields: [],
});

const trip = { name: 'trip', fields: parseFields('code:string') };
const driver = { name: 'driver', fields: parseFields('name:string'), events: [{ verb: 'hired' }] };
const answers = serviceAnswers({ name: 'taxi', resources: [driver, trip] });

async function change(
  name: string,
  replies: (string | string[])[],
  before: ServiceAnswers = answers,
): Promise<ServiceAnswers> {
  const { ask, left } = scripted(...replies);
  const published = [told('account.created'), told('account.deleted')];
  const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => published };
  const found = commands.find((each) => each.name === name) ?? assert.fail(name);
  const changed = await found.change(before, { words: [], given: [], yes: false, ask, context });
  assert.deepEqual(left, []);
  return changed;
}

describe('a command without words, in a terminal', () => {
  it('resource asks for the name and the fields', async () => {
    const { resources } = await change('resource', ['car', 'plate:string']);
    assert.deepEqual(resources, [driver, trip, { name: 'car', fields: parseFields('plate:string') }]);
  });

  it('field asks for the resource and the fields', async () => {
    const { resources } = await change('field', ['trip', 'add fields', 'note:text:optional']);
    assert.deepEqual(resources, [driver, { ...trip, fields: parseFields('code:string note:text:optional') }]);
  });

  it('field asks for the field to rename, remove or require, and offers the open second step', async () => {
    const fields = 'code:string note:text:optional';
    const before = serviceAnswers({ resources: [{ name: 'trip', fields: parseFields(fields) }] });
    const storedAfter = async (replies: string[], from = before) => {
      const { resources, leaving = [] } = toStored(await change('field', ['trip', ...replies], from));
      return [resources[0]?.fields, ...leaving.map((each) => `${each.field}:${each.to ?? ''}`)];
    };
    const rename = ['rename a field', 'note', 'remark'];
    assert.deepEqual(await storedAfter(rename), ['code:string remark:text:optional', 'trip.note:remark']);
    assert.deepEqual(await storedAfter(['remove a field', 'code', 'none']), [
      'note:text:optional',
      'trip.code:',
    ]);
    assert.deepEqual(await storedAfter(['require an optional field', 'note', "'none'"]), [
      'code:string note:text',
    ]);
    const renamed = await change('field', ['trip', ...rename], before);
    const drop = ['drop the column of "note", which no running release uses'];
    assert.deepEqual(await storedAfter(drop, renamed), ['code:string remark:text:optional']);
  });

  it('event asks for the resource, the verb and the data, which is the resource if it is empty', async () => {
    const { resources } = await change('event', ['trip', 'a new event', 'ended', '']);
    assert.deepEqual(resources[1], { ...trip, events: [{ verb: 'ended', fields: undefined }] });
    const [only] = (
      await change('event', ['a new event', 'fired', 'reason:string'], { ...answers, resources: [driver] })
    ).resources;
    assert.deepEqual(only?.events?.[1], { verb: 'fired', fields: parseFields('reason:string') });
  });

  it('event offers the next version of each event, and asks for its data', async () => {
    const data = 'code:string note:text:optional';
    const { resources } = await change('event', ['trip', 'version 2 of trip.created', data]);
    const created = { verb: 'created', version: 2, fields: parseFields(data) };
    assert.deepEqual(resources, [driver, { ...trip, events: [created] }]);
    const only = { ...answers, resources: [driver] };
    const hired = await change('event', ['version 2 of driver.hired', 'name:string'], only);
    assert.equal(hired.resources[0]?.events?.at(-1)?.version, 2);
    await assert.rejects(
      change('event', ['trip', 'version 2 of trip.deleted']),
      /no choice version 2 of trip.del/,
    );
  });

  it('field asks for the value of a required field in the present rows', async () => {
    const { resources } = await change('field', [
      'trip',
      'add fields',
      'label:string a:text:optional',
      'lower(code)',
    ]);
    const [, label, optional] = resources[1]?.fields ?? [];
    assert.deepEqual(
      [label?.backfill, label?.optional, optional?.backfill],
      ['lower(code)', false, undefined],
    );
    const withDefault = await change('field', ['trip', 'add fields', 'status:string:default(open)']);
    assert.equal(withDefault.resources[1]?.fields[1]?.backfill, undefined);
    await assert.rejects(
      change('field', ['trip', 'add fields', 'label:string tag:string']),
      /has no value in the present rows/,
    );
  });

  it('consumer offers the events that the service does not consume, and asks how to handle them', async () => {
    const before = { ...answers, consumes: [told('account.created')] };
    const handled = await change(
      'consumer',
      [['account.deleted (account-service)'], 'a handler, to fill in'],
      before,
    );
    assert.deepEqual(handled.consumes, [
      told('account.created'),
      { ...told('account.deleted'), by: 'handler' },
    ]);
    const copied = await change('consumer', [
      ['account.created (account-service)', 'account.deleted (account-service)'],
      'a copy of the data, with a table and routes',
    ]);
    assert.deepEqual(copied.consumes, [told('account.created'), told('account.deleted')]);
  });

  it('remove offers the kinds and names of the parts that the service has', async () => {
    assert.deepEqual((await change('remove', ['resource', 'trip'])).resources, [driver]);
    const { events: _events, ...without } = driver;
    assert.deepEqual((await change('remove', ['event', 'driver.hired'])).resources, [without, trip]);
    const empty = serviceAnswers({ consumes: [told('account.created')] });
    assert.deepEqual((await change('remove', ['consumer', 'account.created'], empty)).consumes, []);
  });
});

describe('the events of an owner in .yo-rc.json', () => {
  it('are read as they were stored', () => {
    const events = [{ verb: 'hired', fields: parseFields('since:date') }, { verb: 'fired-late' }];
    const before = serviceAnswers({ resources: [{ ...driver, events }, trip] });
    const stored = JSON.parse(JSON.stringify(toStored(before))) as Record<string, unknown>;
    assert.deepEqual(fromStored(stored).resources, before.resources);
  });

  for (const [events, message] of [
    [
      [{ type: 'car.sold' }],
      /events\[0\]\.type is "car\.sold"; the service has only the resources: driver, trip; delete this event/,
    ],
    [[{ type: 'driver' }], /events\[0\]\.type is "driver"; the verb of an event is empty/],
    [[{ type: 'driver.a.b' }], /events\[0\]\.type is "driver\.a\.b"; it must be a resource and a verb/],
    [[{ type: 'driver.hired', fields: 'a:strng' }], /events\[0\]\.fields is "a:strng"; .*unknown type/],
    [{}, /events is .*; it must be a list/],
  ] as const) {
    it(`are refused in one line if they are ${JSON.stringify(events)}`, () => {
      const stored = JSON.parse(JSON.stringify(toStored(answers))) as Record<string, unknown>;
      assert.throws(() => fromStored({ ...stored, events }), message);
    });
  }
});
