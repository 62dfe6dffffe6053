import assert from 'node:assert/strict';
import { commands } from '../../generators/service/commands/commands.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { publishedEvents } from '../../generators/service/contracts/contract-files.ts';
import type { ConsumedEvent, ServiceAnswers } from '../../generators/service/model/answers.ts';
import { questions } from '../../generators/service/questions.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import { settleChanges } from '../../generators/questions/answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';

const before = serviceAnswers({
  name: 'order',
  resources: [{ name: 'order', fields: parseFields('code:string total:decimal') }],
});

/** Runs a command in memory, with the checks of a real run. */
async function change(
  name: string,
  words: string[],
  flags: [string, string | true][] = [],
  answers = before,
  published: ConsumedEvent[] = [],
) {
  const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => published };
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
    assert.deepEqual(stored['sagas'], [
      {
        name: 'place-order',
        startedBy: 'order.created',
        steps: ['payment(processed|failed|refunded)', 'inventory(reserved|failed|released)'],
        ends: 'confirmed|cancelled',
      },
    ]);
    assert.deepEqual(fromStored(stored).sagas, answers.sagas);
    assert.deepEqual(await change('remove', ['saga', 'place-order'], [], answers), before);
    const wrong = { sagas: [{ name: 'x', startedBy: 'order.created', steps: ['../y'], ends: 'a|b' }] };
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
      'a field that the event does not have',
      'x',
      'order.created',
      ['a:totl'],
      /Did you mean "total"\? Its fields are: code, total\. To add it, .* field order -- --fields "totl:string:optional"$/,
    ],
    ['a field with another type', 'x', 'order.created', ['a:total:integer'], /write a:total$/],
    ['replies without three verbs', 'x', 'order.created', ['a(b|c)'], /three different verbs/],
    [
      'the field of each request',
      'x',
      'order.created',
      ['a:requestId:string'],
      /has the field "requestId" already; leave it out/,
    ],
    [
      'the id of the saga as a field',
      'x',
      'order.created',
      ['a:orderId'],
      /has the field "orderId" already; leave it out/,
    ],
    [
      'a field of an event that has only the id',
      'x',
      'order.deleted',
      ['a:total'],
      /Its fields are: none\. Leave the field out, or start the saga with an event that has it$/,
    ],
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
      /the saga "place-order" of this service has the step "payment" already.* give the step another name/,
    );
  });

  it('refuses a secret field, which no event has', async () => {
    const answers = serviceAnswers({
      name: 'order',
      resources: [{ name: 'order', fields: parseFields('pin:string:secret') }],
    });
    await assert.rejects(
      saga('x', 'order.created', ['a:pin'], answers),
      /the step "a" needs the field "pin", which is secret, .* leave it out of the step$/,
    );
  });

  it('sends fields with the names of its own code', async () => {
    const answers = serviceAnswers({
      name: 'order',
      resources: [{ name: 'order', fields: parseFields('state:string stateValue:integer total:decimal') }],
    });
    const files = await serviceFiles(await saga('x', 'order.created', ['a:state,stateValue,total'], answers));
    assert.match(
      files.get('src/sagas/x-saga.ts') ?? '',
      /request: \(\{ state: stateValueValue, stateValue, total \}, \{ id, requestId \}\) =>\s+aRequested\.of\(id, \{ requestId, state: stateValueValue, stateValue, total \}\)/,
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

  it('keeps a field that a step sends', async () => {
    const answers = await saga('place-order', 'order.created', ['payment:total']);
    await assert.rejects(
      change(
        'field',
        ['order'],
        [
          ['remove', 'total'],
          ['default', '0'],
        ],
        answers,
      ),
      /a step of the saga needs the field "total", and order\.created does not have it/,
    );
  });

  it('sets the status of the resource where it has the values of the ends', async () => {
    const fields = parseFields('status:enum(PENDING|CONFIRMED|CANCELLED):default(PENDING)');
    const answers = { ...before, resources: [{ name: 'order', fields }] };
    const files = await serviceFiles(await saga('place-order', 'order.created', ['payment'], answers));
    assert.match(
      files.get('src/app.ts') ?? '',
      /bus\.addSaga\(placeOrderSaga, placeOrderEndings\(orders\)\);/,
    );
  });
});

describe('the command consumer --replies', () => {
  const published = async (...steps: string[]) => {
    const files = await serviceFiles(await saga('place-order', 'order.created', steps));
    return publishedEvents(
      JSON.parse(files.get('asyncapi.json') ?? '') as Record<string, unknown>,
      'asyncapi.json',
    );
  };
  const replies = async (answers: ServiceAnswers, ...steps: string[]) =>
    change(
      'consumer',
      [`order.${steps[0]?.split(/[:(]/)[0]}-requested`],
      [['replies', true]],
      answers,
      await published(...steps),
    );
  const payment = serviceAnswers({
    name: 'payment',
    resources: [
      {
        name: 'payment',
        fields: parseFields('orderId:uuid total:decimal status:enum(paid|refunded):default(paid)'),
      },
    ],
  });

  it('writes a participant that records each request, its replies, its table and its test', async () => {
    const files = await serviceFiles(await replies(payment, 'payment:total'));
    const text = (file: string) => files.get(file) ?? assert.fail(`${file} is missing`);
    const participant = text('src/events/payment-participant.ts');
    assert.match(participant, /payments\.create\(\{ orderId: subject, total \}, trx\)/);
    assert.match(participant, /payments\.update\(id, \{ status: 'refunded' \}, undefined, trx\)/);
    assert.match(text('src/app.ts'), /\n  registerPaymentParticipant\(bus, payments\);\n/);
    assert.match(text('migrations/20260101000005_saga_requests.ts'), /tables\/saga-requests/);
    const contract = publishedEvents(
      JSON.parse(text('asyncapi.json')) as Record<string, unknown>,
      'asyncapi.json',
    );
    const types = contract.map(({ type }) => type).filter((type) => !/created|updated|deleted/.test(type));
    assert.deepEqual(types, ['payment.failed', 'payment.processed', 'payment.refunded']);
    assert.ok(files.has('test/payment-participant.test.ts'));
  });

  const taking = async (resource: string, number: string) => {
    const fields = parseFields(`name:string ${number}:integer`);
    const answers = serviceAnswers({ name: 'stock', resources: [{ name: resource, fields }] });
    const order = {
      ...before,
      resources: [{ name: 'order', fields: parseFields(`${resource}Id:uuid ${number}:integer`) }],
    };
    const files = await serviceFiles(
      await saga('place-order', 'order.created', [`stock:${resource}Id,${number}`], order),
    );
    const contract = JSON.parse(files.get('asyncapi.json') ?? '') as Record<string, unknown>;
    return change(
      'consumer',
      ['order.stock-requested'],
      [['replies', true]],
      answers,
      publishedEvents(contract, 'asyncapi.json'),
    );
  };

  it('takes a number from the row that the request names', async () => {
    const { participants } = await taking('item', 'count');
    assert.deepEqual([participants[0]?.work, participants[0]?.resource], ['take', 'item']);
  });

  it('takes a number whose name is the plural of the resource', async () => {
    const files = await serviceFiles(await taking('seat', 'seats'));
    const participant = files.get('src/events/stock-participant.ts') ?? '';
    assert.match(participant, /data: \{ requestId, seatId, seats: seatsValue \} \}, trx\)/);
    assert.match(
      participant,
      /seats\.update\(seatId, \{ seats: seat\.seats - seatsValue \}, undefined, trx\)/,
    );
  });

  it('imports only names that replies without fields use', async () => {
    const files = await serviceFiles(await replies(serviceAnswers({ name: 'payment' }), 'payment'));
    assert.doesNotMatch(files.get('src/events/payment-replies.ts') ?? assert.fail(), /FieldSchemas/);
  });

  it('is remembered, and removed without a trace', async () => {
    const answers = await replies(payment, 'payment:total');
    const stored = JSON.parse(JSON.stringify(toStored(answers))) as Record<string, unknown>;
    assert.deepEqual(fromStored(stored).participants, answers.participants);
    assert.deepEqual(await change('remove', ['consumer', 'order.payment-requested'], [], answers), payment);
  });

  it('refuses another event, a second way, and a reply that the service publishes already', async () => {
    await assert.rejects(
      change('consumer', ['order.created'], [['replies', true]], payment, await published('payment')),
      /"order\.created" is not the request of a saga\..* Requests: order\.payment-requested/,
    );
    const answers = await replies(payment, 'payment');
    await assert.rejects(
      change(
        'consumer',
        ['order.payment-requested'],
        [['handler', true]],
        answers,
        await published('payment'),
      ),
      /handles "order\.payment-requested" with replies to a saga already; first write npm init microservice remove consumer/,
    );
    const [resource] = payment.resources;
    assert.ok(resource);
    const own = { ...payment, resources: [{ ...resource, events: [{ verb: 'failed' }] }] };
    await assert.rejects(replies(own, 'payment'), /has an event with the name of "payment\.failed" already/);
  });
});
