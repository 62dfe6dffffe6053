import assert from 'node:assert/strict';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { type Call, newService, runInMemory, type Service } from './support/service-in-memory.ts';

const told = (fact: string) => ({
  type: `payment.${fact}`,
  version: 1,
  topic: 'payment.events',
  aggregate: 'payment',
  from: 'payment-service',
  schema: { type: 'object', properties: { id: { type: 'string', format: 'uuid' } }, required: ['id'] },
  fields: parseFields('amount:integer:optional'),
  by: 'handler' as const,
});

const order = {
  name: 'order',
  fields: parseFields('code:string note:text:optional'),
  events: [{ verb: 'shipped' }, { verb: 'created', version: 2 }, { verb: 'created', version: 3 }],
};

describe('a command with a name that the service does not have', () => {
  let service: Service;
  before(async () => {
    const consumes = ['created', 'updated', 'deleted'].map(told);
    service = await newService(serviceAnswers({ name: 'shop', resources: [order], consumes }));
  });

  const created = 'npm init microservice remove event order.created -- --version 1';
  const refused: [call: Call, message: string][] = [
    [
      ['remove', ['event', 'order.created']],
      `the event "order.created" is published for every change of the resource "order", and goes with it: npm init microservice remove resource order. Its oldest version can be removed: ${created}`,
    ],
    [
      ['remove', ['event', 'order.deleted']],
      'the event "order.deleted" is published for every change of the resource "order", and goes with it: npm init microservice remove resource order',
    ],
    [
      ['remove', ['event', 'order.created'], { version: '9' }],
      `the event "order.created" has the versions 1, 2, 3, and only the oldest one can be removed; write ${created}`,
    ],
    [
      ['remove', ['event', 'order.updated'], { version: '1' }],
      'the event "order.updated" has the version 1, which can be removed once there is a newer one; write npm init microservice event order.updated -- --version 2 --fields "..."',
    ],
    [
      ['remove', ['event', 'order.deleted'], { version: '1' }],
      'the event "order.deleted" has the version 1, which cannot be removed',
    ],
    [
      ['remove', ['event', 'order.shiped']],
      'the service has no event "order.shiped". Did you mean "order.shipped"? It has: order.shipped, order.created.v1',
    ],
    [
      ['remove', ['event', 'order.shipped', 'order.created'], { version: '1' }],
      '--version belongs to one event or projection; write npm init microservice remove event order.shipped -- --version 1',
    ],
    [
      ['remove', ['consumer', 'payment.created', 'payment.moved']],
      'the service has no consumer "payment.moved". It has: payment.created, payment.updated, payment.deleted',
    ],
    [
      ['remove', ['field', 'order', 'code']],
      'a field is removed over two releases, by the command "field"; write npm init microservice field order -- --remove code',
    ],
    [
      ['remove', ['field', 'ordr', 'code']],
      'the service has no resource "ordr". Did you mean "order"? It has: order',
    ],
    [
      ['remove', ['order']],
      'the kind of "order" is missing; write npm init microservice remove resource order',
    ],
    [['remove', ['client', 'tax']], 'the service has no client to remove'],
    [
      ['field', ['order'], { require: 'nope' }],
      'the resource "order" has no field "nope". Did you mean "note"? It has: code, note',
    ],
    [
      ['resource', ['order'], { retire: 'v9', sunset: '2999-01-01' }],
      '--retire: the resource "order" has no version "v9". It has: v1',
    ],
  ];
  for (const [[name, words, flags = {}], message] of refused) {
    const written = [name, ...words, ...Object.entries(flags).map(([flag, value]) => `--${flag} ${value}`)];
    it(`names the right form and the known names: ${written.join(' ')}`, async () => {
      await assert.rejects(runInMemory(service, [name, words, flags]), { name: 'UsageError', message });
    });
  }

  it('removes each of several named parts', async () => {
    const { answers } = await runInMemory(service, [
      'remove',
      ['consumer', 'payment.created', 'payment.updated'],
    ]);
    assert.deepEqual(
      (answers as { consumes: { type: string }[] }).consumes.map(({ type }) => type),
      ['payment.deleted'],
    );
  });
});
