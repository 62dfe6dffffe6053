import assert from 'node:assert/strict';
import { commands } from '../../generators/service/commands/commands.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { questions } from '../../generators/service/questions.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import { settleChanges } from '../../generators/questions/answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';

const before = serviceAnswers({
  name: 'order',
  resources: [{ name: 'order', fields: parseFields('code:string total:decimal') }],
});

/** Runs a command in memory, with the checks of a real run. */
async function change(name: string, words: string[], flags: [string, string][] = [], answers = before) {
  const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => [] };
  const given = flags.map(([flag, value]) => ({ flag, value }));
  const command = commands.find((each) => each.name === name) ?? assert.fail(name);
  const changed = await command.change(answers, { words, given, yes: true, context });
  return settleChanges(questions, { before: answers, answers: changed }, context, undefined);
}
const saga = (name: string, startedBy: string, steps: string[], answers?: ServiceAnswers) =>
  change(
    'saga',
    [name],
    [['started-by', startedBy], ...steps.map((step) => ['step', step] as [string, string])],
    answers,
  );
const placeOrder = () => saga('place-order', 'order.created', ['payment', 'inventory']);

describe('the command saga', () => {
  it('adds the saga, its events, its tables, its test and its contracts', async () => {
    const files = await serviceFiles(await placeOrder());
    const text = (file: string) => files.get(file) ?? assert.fail(`${file} is missing`);
    assert.match(text('src/sagas/place-order-saga.ts'), /startedBy: startedBy\(orderCreated, \{/);
    assert.match(text('src/sagas/place-order-saga.ts'), /step\('payment', \{[^]*step\('inventory', \{/);
    assert.match(text('src/app.ts'), /\n  bus\.addSaga\(placeOrderSaga\);\n/);
    assert.match(text('src/events/contracts.ts'), /\.\.\.placeOrderRequests,[^]*\.\.\.placeOrderReplies,/);
    assert.match(text('asyncapi.json'), /"order\.payment-requested\.v1"/);
    assert.match(text('migrations/20260101000004_sagas.ts'), /microservice-runtime\/tables\/sagas/);
    assert.match(text('test/place-order-saga.test.ts'), /sagaScenario\(placeOrderSaga\)/);
  });

  it('is remembered, and removed without a trace', async () => {
    const answers = await placeOrder();
    const stored = JSON.parse(JSON.stringify(toStored(answers))) as Record<string, unknown>;
    assert.deepEqual(fromStored(stored).sagas, [
      { name: 'place-order', startedBy: 'order.created', steps: ['payment', 'inventory'] },
    ]);
    assert.deepEqual(await change('remove', ['saga', 'place-order'], [], answers), before);
    const wrong = { sagas: [{ name: 'x', startedBy: 'order.created', steps: ['../y'] }] };
    assert.throws(() => fromStored(wrong), /sagas\[0\]\.steps .* is not kebab-case/);
  });

  for (const [title, name, startedBy, steps, message] of [
    [
      'an unknown event',
      'x',
      'cart.created',
      ['a'],
      /publishes the event "cart\.created"; its events are order\.created/,
    ],
    ['a name that is not kebab-case', 'X', 'order.created', ['a'], /"X" is not kebab-case/],
    ['a step that is not kebab-case', 'x', 'order.created', ['A'], /"A" is not kebab-case/],
    ['a step twice', 'x', 'order.created', ['a', 'a'], /the step "a" is given twice/],
    ['a step with the name of the resource', 'x', 'order.created', ['order'], /has the name of the resource/],
    [
      'a saga without steps',
      'x',
      'order.created',
      [],
      /the saga needs a step; write npm init microservice saga/,
    ],
  ] as const)
    it(`refuses ${title}`, async () => assert.rejects(saga(name, startedBy, [...steps]), message));

  it('refuses a second saga with the name, or with the same step', async () => {
    const answers = await placeOrder();
    await assert.rejects(
      saga('place-order', 'order.created', ['a'], answers),
      /has the saga "place-order" already/,
    );
    await assert.rejects(
      saga('return-order', 'order.deleted', ['payment'], answers),
      /the saga "place-order" has a step with this name already/,
    );
  });

  it('keeps the event that starts it, and its resource', async () => {
    const answers = await placeOrder();
    await assert.rejects(
      change('remove', ['resource', 'order'], [], answers),
      /"order\.created" starts the saga "place-order"; first write npm init microservice remove saga place-order$/,
    );
  });

  it('refuses an event with the name of another one', async () => {
    const answers = {
      ...before,
      resources: [...before.resources, { name: 'payment', fields: [], events: [{ verb: 'failed' }] }],
    };
    await assert.rejects(
      saga('place-order', 'order.created', ['payment'], answers),
      /has an event with the name of "payment\.failed" already/,
    );
  });
});
