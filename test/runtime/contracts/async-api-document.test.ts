import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import joi from 'joi';
import { asyncApiDocument } from '../../../src/runtime/contracts/async-api-document.ts';
import { defineEvent, type EventContracts } from '../../../src/runtime/events/event/definition.ts';
import {
  bigintString,
  dateString,
  decimalString,
  timestampString,
} from '../../../src/runtime/schemas/fields.ts';

const user = joi.object({
  id: joi.string().uuid().required(),
  name: joi.string().max(255).required(),
  about: joi.string().max(10_000).allow('', null),
  age: joi.number().integer().min(-2_147_483_648).max(2_147_483_647).allow(null),
  followers: bigintString().required(),
  balance: decimalString().required(),
  active: joi.boolean().required(),
  bornOn: dateString().required(),
  seenAt: timestampString().required(),
  extra: joi.any(),
  address: joi.object({ city: joi.string() }),
  visits: joi.array().items(joi.object({ at: timestampString() })),
});

const stream = { topic: 'user.events', aggregate: 'user' };
const created = defineEvent({ ...stream, type: 'user.created', version: 1, schema: user });
const renamed = defineEvent({ ...stream, type: 'user.renamed', version: 2, schema: user });
const paid = defineEvent({
  topic: 'order.events',
  aggregate: 'order',
  type: 'order.paid',
  version: 1,
  schema: joi.object({ total: decimalString() }),
});

const documentOf = (contracts: EventContracts) =>
  asyncApiDocument({ serviceName: 'user-service', version: '1.2.3', description: 'Users', contracts });

describe('asyncApiDocument', () => {
  it('has one channel per topic, with the messages that the service sends and receives', () => {
    const document = documentOf({ published: [renamed, created], consumed: [paid] });
    assert.deepEqual(document.info, { title: 'user-service', version: '1.2.3', description: 'Users' });
    assert.deepEqual(document.channels['user.events'], {
      address: 'user.events',
      messages: {
        'user.created.v1': { $ref: '#/components/messages/user.created.v1' },
        'user.renamed.v2': { $ref: '#/components/messages/user.renamed.v2' },
      },
    });
    assert.deepEqual(document.operations, {
      'send.user.events': {
        action: 'send',
        description: 'The events of user.events that user-service publishes.',
        channel: { $ref: '#/channels/user.events' },
        messages: [
          { $ref: '#/channels/user.events/messages/user.created.v1' },
          { $ref: '#/channels/user.events/messages/user.renamed.v2' },
        ],
      },
      'receive.order.events': {
        action: 'receive',
        description: 'The events of order.events that user-service handles.',
        channel: { $ref: '#/channels/order.events' },
        messages: [{ $ref: '#/channels/order.events/messages/order.paid.v1' }],
      },
    });
  });

  it('names type, version and aggregate of a message, in its fields and in its headers', () => {
    const { components } = documentOf({ published: [renamed], consumed: [] });
    const message = components.messages['user.renamed.v2'];
    assert.equal(message?.name, 'user.renamed.v2');
    assert.equal(message['x-aggregate'], 'user');
    assert.equal(message['x-version'], 2);
    assert.deepEqual(message['headers'], {
      title: 'UserRenamedV2Headers',
      type: 'object',
      allOf: [{ $ref: '#/components/schemas/CloudEventHeaders' }],
      properties: {
        ce_type: { const: 'user.renamed' },
        ce_aggregatetype: { const: 'user' },
        ce_eventversion: { const: '2' },
      },
    });
  });

  it('distinguishes the kinds of fields', () => {
    const { components } = documentOf({ published: [created], consumed: [] });
    const payload = components.messages['user.created.v1']?.['payload'];
    assert.deepEqual(kindsOf(payload), {
      id: ['string', 'uuid'],
      name: ['string', undefined],
      about: [['string', 'null'], undefined],
      age: [['integer', 'null'], undefined],
      followers: ['string', 'int64'],
      balance: ['string', 'decimal'],
      active: ['boolean', undefined],
      bornOn: ['string', 'date'],
      seenAt: ['string', 'date-time'],
      extra: [undefined, undefined],
      address: ['object', undefined],
      visits: ['array', undefined],
    });
  });

  // Code generators use the title of a schema as the name of its type.
  it('gives every object in a payload a title of its own', () => {
    const { components } = documentOf({ published: [created, renamed], consumed: [paid] });
    const titles = Object.values(components.messages).flatMap((message) => titlesIn(payloadOf(message)));
    assert.deepEqual(titles.map(String).toSorted(), [
      'OrderPaid',
      'UserCreated',
      'UserCreatedAddress',
      'UserCreatedVisitsItem',
      'UserRenamedV2',
      'UserRenamedV2Address',
      'UserRenamedV2VisitsItem',
    ]);
    assert.equal(components.schemas['CloudEventHeaders']?.['title'], 'CloudEventHeaders');
  });

  it('lets a producer add fields, at any depth', () => {
    const text = JSON.stringify(documentOf({ published: [created], consumed: [] }));
    assert.doesNotMatch(text, /additionalProperties/);
  });

  it('has one message for an event that the service both publishes and consumes', () => {
    const { components, operations } = documentOf({ published: [created], consumed: [created] });
    assert.deepEqual(Object.keys(components.messages), ['user.created.v1']);
    assert.deepEqual(Object.keys(operations), ['send.user.events', 'receive.user.events']);
  });

  it('refuses two definitions of one event that differ', () => {
    const other = defineEvent({ ...stream, type: 'user.created', version: 1, schema: joi.object({}) });
    assert.throws(
      () => documentOf({ published: [created], consumed: [other] }),
      /user\.created\.v1 has two different definitions; give one of them the next version/,
    );
  });

  it('passes redocly lint, with events and without', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'asyncapi-'));
    try {
      const full = documentOf({ published: [created, renamed], consumed: [paid] });
      writeFileSync(path.join(folder, 'full.json'), JSON.stringify(full));
      writeFileSync(
        path.join(folder, 'empty.json'),
        JSON.stringify(documentOf({ published: [], consumed: [] })),
      );
      const redocly = path.resolve('node_modules/.bin/redocly');
      await promisify(execFile)(redocly, ['lint', 'full.json', 'empty.json'], { cwd: folder });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

interface Titled {
  type?: unknown;
  title?: string;
  properties?: Record<string, Titled>;
  items?: Titled;
}

const payloadOf = (message: object): Titled => (message as { payload: Titled }).payload;

const titlesIn = ({ type, title, properties = {}, items }: Titled): (string | undefined)[] => [
  ...(type === 'object' ? [title] : []),
  ...[...Object.values(properties), ...(items ? [items] : [])].flatMap(titlesIn),
];

function kindsOf(payload: unknown): unknown {
  const { properties }: { properties: Record<string, { type?: unknown; format?: unknown }> } = JSON.parse(
    JSON.stringify(payload),
  );
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type, format }]) => [name, [type, format]]),
  );
}
