import fc from 'fast-check';
import { fieldsOfSchema } from '../../../generators/service/contracts/schema-fields.ts';
import { parseFields } from '../../../generators/service/fields/grammar.ts';
import type { ConsumedEvent } from '../../../generators/service/model/answers.ts';
import { serviceAnswers } from '../../support/service-answers.ts';
import type { Call } from './service-in-memory.ts';

const schema = {
  type: 'object',
  properties: { id: { type: 'string', format: 'uuid' }, name: { type: 'string' } },
  required: ['id'],
};

const eventOf = (type: string): ConsumedEvent => {
  const [aggregate = ''] = type.split('.');
  return {
    type,
    version: 1,
    topic: `${aggregate}.events`,
    aggregate,
    from: `${aggregate}-service`,
    schema,
    fields: fieldsOfSchema(schema),
  };
};

/** The events of other services. */
export const published: ConsumedEvent[] = [
  ...['account.created', 'account.deleted', 'parcel.delivered'],
  ...['wallet.created', 'wallet.updated', 'wallet.deleted'],
].map(eventOf);

/** A service with a part of each kind. */
export const start = serviceAnswers({
  ci: 'github',
  kubernetes: true,
  resources: [
    {
      name: 'user',
      fields: parseFields('email:string:unique name:string:optional'),
      events: [{ verb: 'suspended', fields: parseFields('reason:text') }],
    },
  ],
  consumes: [eventOf('account.created')],
  clients: [{ name: 'tax', url: 'https://tax.example.com' }],
});

/** Calls that each add a part to `start`, and that do not depend on each other. */
const additions: readonly Call[] = [
  ['resource', ['cart'], { fields: 'total:decimal(12,2) placedAt:timestamp:index' }],
  ['resource', ['wish'], { fields: 'note:text:optional' }],
  ['resource', ['user'], { api: 'v2' }],
  ['field', ['user'], { fields: 'age:integer:optional' }],
  ['event', ['user.renamed'], { fields: 'reason:text' }],
  ['event', ['user.suspended'], { version: '2', fields: 'reason:text days:integer:optional' }],
  ['consumer', ['parcel.delivered'], { handler: true }],
  ['consumer', ['wallet.created', 'wallet.updated'], { copy: true }],
  ['client', ['map'], { url: 'https://map.example.com' }],
  ['command', ['count-users']],
];

/** Calls that change or remove a part. */
const changes: readonly Call[] = [
  ['field', ['user'], { fields: 'level:integer:default(1)' }],
  ['field', ['user'], { require: 'name', backfill: "'none'" }],
  ['consumer', ['account.deleted'], { copy: true }],
  ['remove', ['resource', 'user']],
  ['remove', ['event', 'user.suspended']],
  ['remove', ['consumer', 'account.created']],
  ['remove', ['client', 'tax']],
  ['update', []],
];

/** Calls in any order; the generator may refuse one because of an earlier one. */
export const anyCalls: fc.Arbitrary<Call[]> = fc.shuffledSubarray([...additions, ...changes], {
  minLength: 1,
  maxLength: 4,
});

/** Except for two resources, which stand in app.ts in the order in which they were added. */
export const twoAdditions: fc.Arbitrary<Call[]> = fc
  .shuffledSubarray([...additions], { minLength: 2, maxLength: 2 })
  .filter((calls) => !calls.every(([command, [name]]) => command === 'resource' && name !== 'user'));
