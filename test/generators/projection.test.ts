import assert from 'node:assert/strict';
import { commands } from '../../generators/service/commands/commands.ts';
import { fieldsOfSchema } from '../../generators/service/contracts/schema-fields.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import type { ConsumedEvent, ServiceAnswers } from '../../generators/service/model/answers.ts';
import { questions } from '../../generators/service/questions.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import { settleChanges } from '../../generators/questions/answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';

const before = serviceAnswers({
  name: 'order',
  resources: [{ name: 'order', fields: parseFields('code:string total:decimal token:string:secret') }],
});

const published = (type: string, properties: Record<string, unknown>): ConsumedEvent => {
  const aggregate = type.split('.')[0] ?? '';
  const schema = { type: 'object', properties, required: Object.keys(properties) };
  return {
    ...{ type, version: 1, topic: `${aggregate}.events`, aggregate, from: `${aggregate}-service` },
    ...{ schema, fields: fieldsOfSchema(schema) },
  };
};
const siblings = [
  published('payment.processed', {
    orderId: { type: 'string', format: 'uuid' },
    amount: { type: 'string', format: 'decimal' },
  }),
  published('inventory.reserved', { purchase: { type: 'string' }, quantity: { type: 'integer' } }),
];

/** Runs a command in memory, with the checks of a real run. */
async function change(name: string, words: string[], flags: [string, string][] = [], answers = before) {
  const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => siblings };
  const given = flags.map(([flag, value]) => ({ flag, value }));
  const command = commands.find((each) => each.name === name) ?? assert.fail(name);
  const changed = await command.change(answers, { words, given, yes: true, context });
  return settleChanges(questions, { before: answers, answers: changed }, context, undefined);
}
const projection = (from: string[], flags: [string, string][] = [], answers?: ServiceAnswers) =>
  change(
    'projection',
    ['order-summary'],
    [...from.map((type): [string, string] => ['from', type]), ...flags],
    answers,
  );
const orderSummary = () =>
  projection(['order.created', 'order.deleted', 'payment.processed', 'inventory.reserved:purchase']);
const textsOf = async (answers: ServiceAnswers) => {
  const files = await serviceFiles(answers);
  return (file: string) => files.get(file) ?? assert.fail(`${file} is missing`);
};

describe('the command projection', () => {
  it('adds the projection, its tables, its routes, its test and its contracts', async () => {
    const text = await textsOf(await orderSummary());
    assert.match(text('src/projections/order-summary.ts'), /name: 'order-summary',\n  version: 1,/);
    assert.match(text('src/app.ts'), /const orderSummaries = bus\.addProjection\(orderSummary\);/);
    assert.match(text('src/routers/order-summary-router.ts'), /path: '\/v1\/order-summaries'/);
    assert.match(text('src/events/contracts.ts'), /orderCreated: orderEvents\.orderCreated,/);
    assert.match(text('src/events/payment-events.ts'), /type: 'payment\.processed'/);
    assert.match(text('migrations/20260101000006_projections.ts'), /tables\/projections/);
    assert.match(text('migrations/20260101000011_create_order_summary_v1.ts'), /decimal\('payment_amount'/);
    assert.match(text('test/order-summary.test.ts'), /in whatever order its events arrive/);
    assert.match(text('asyncapi.json'), /"receive\.payment\.events"/);
  });

  it('joins the events by the subject, a field named after the aggregate, or a given field', async () => {
    const text = (await textsOf(await orderSummary()))('src/projections/order-summary.ts');
    assert.match(text, /id: subject,\s+code: data\.code/);
    assert.match(text, /id: data\.orderId/);
    assert.match(text, /id: data\.purchase,/);
    await assert.rejects(
      projection(['order.created', 'inventory.reserved']),
      /"inventory\.reserved" has no field with the name of the order, such as "orderId"; name the field with its id \(purchase, subject\): npm init microservice projection order-summary -- --from order\.created --from inventory\.reserved:<field>$/,
    );
  });

  it('writes no secret field', async () => {
    const files = await serviceFiles(await orderSummary());
    const own = [...files].filter(
      ([file]) => file.includes('order-summary') || file.includes('order_summary'),
    );
    assert.ok(own.length >= 5);
    for (const [file, text] of own) assert.doesNotMatch(text, /token/i, file);
  });

  it('keeps the table of version 1 beside version 2, which has the present fields', async () => {
    const first = await orderSummary();
    const grown = await change('field', ['order'], [['fields', 'note:text:optional']], first);
    const text = await textsOf(await projection([], [['version', '2']], grown));
    assert.doesNotMatch(text('migrations/20260101000011_create_order_summary_v1.ts'), /note/);
    assert.match(text('migrations/20260101000012_create_order_summary_v2.ts'), /table\.text\('note'\)/);
    assert.match(text('src/app.ts'), /bus\.addProjection\(orderSummary, orderSummaryV2\)/);
    assert.match(text('src/projections/order-summary.ts'), /const absent = \{ note: null \};/);
    assert.match(text('src/models/order-summary.ts'), /note: string \| null;/);
  });

  it('is remembered, and removed without a trace', async () => {
    const answers = await projection([], [['version', '2']], await orderSummary());
    const stored = JSON.parse(JSON.stringify(toStored(answers))) as Record<string, unknown>;
    assert.deepEqual(fromStored(stored).projections, answers.projections);
    const one = await change('remove', ['projection', 'order-summary'], [['version', '1']], answers);
    assert.deepEqual(one.projections, answers.projections.slice(1));
    assert.deepEqual(await change('remove', ['projection', 'order-summary'], [], answers), before);
    const wrong = {
      projections: [{ name: 'x', version: 1, from: [{ type: 'a.b', key: '../y', fields: '' }] }],
    };
    assert.throws(() => fromStored(wrong), /projections\[0\]\.from\[0\]\.key .* is not camelCase/);
  });

  it('shares an event with a handler, and keeps it when the handler goes', async () => {
    const both = await change('consumer', ['payment.processed'], [], await orderSummary()).then((answers) =>
      change('remove', ['projection', 'order-summary'], [], answers),
    );
    assert.deepEqual(both.consumes, []);
    const handled = await change('consumer', ['payment.processed'], [], before);
    assert.equal(handled.consumes[0]?.by, 'handler');
    const followed = await projection(['order.created', 'payment.processed'], [], handled);
    const left = await change('remove', ['consumer', 'payment.processed'], [], followed);
    assert.equal(left.consumes[0]?.by, 'projection');
    assert.equal((await serviceFiles(left)).has('src/events/payment-consumers.ts'), false);
  });

  it('keeps the events that it follows, and their resource', async () => {
    const answers = await orderSummary();
    await assert.rejects(
      change('remove', ['resource', 'order'], [], answers),
      /"order-summary" follows the event "order\.created"; first write npm init microservice remove projection order-summary$/,
    );
  });

  for (const [title, from, flags, message] of [
    ['an unknown event', ['cart.created'], [], /no known service publishes "cart\.created"/],
    ['an event twice', ['order.created', 'order.created'], [], /"order\.created" is given twice/],
    [
      'an unknown field',
      ['order.created', 'payment.processed:id'],
      [],
      /has no field "id".*; it has: orderId, subject/,
    ],
    ['a projection without events', [], [], /needs an event; write npm init microservice projection/],
    ['a first version 2', ['order.created'], [['version', '2']], /its first version is 1, not 2/],
  ] as const)
    it(`refuses ${title}`, async () =>
      assert.rejects(
        projection(
          [...from],
          flags.map(([flag, value]): [string, string] => [flag, value]),
        ),
        message,
      ));

  it('refuses the name of a resource, and a projection that exists', async () => {
    await assert.rejects(
      change('projection', ['order'], [['from', 'order.created']]),
      /the projection "order" and the resource "order" would both write "order"/,
    );
    await assert.rejects(
      projection(['order.created'], [], await orderSummary()),
      /its next version is 2; write npm init microservice projection order-summary -- --version 2$/,
    );
  });
});
