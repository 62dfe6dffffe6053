import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layOut } from '../../generators/rendering/layout/lay-out.ts';
import type { Field, ServiceAnswers } from '../../generators/service/model/answers.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { workspaceFiles } from '../../generators/workspace/files.ts';
import { anyAnswers } from './support/any-answers.ts';
import { everyType } from '../support/every-type.ts';
import { assertFormatted } from './support/formatted.ts';

const longest = 'a-name-as-long-as-anybody-may-give-it';
const fields = everyType.flatMap(([word, written]): Field[] => {
  const [{ name: _, ...args }] = parseFields(`a:${written}`) as [Field];
  return [
    { ...args, name: `my${word}`, unique: false, optional: false, index: args.type === 'date' },
    {
      ...args,
      name: `aRatherLongNameOfAnOptionalFieldOf${word}`,
      unique: false,
      optional: true,
      index: false,
    },
    {
      ...args,
      name: `hidden${word}`,
      unique: args.type === 'uuid',
      optional: args.type === 'text',
      index: false,
      secret: true,
    },
  ];
});
const small = serviceAnswers({
  resources: [{ name: 'user', fields: fields.slice(0, 2) }],
  ci: 'github',
  updateWorkflow: true,
  kubernetes: true,
});
const large: ServiceAnswers = {
  ...small,
  name: longest,
  packageManager: 'pnpm',
  description: 'with every "quote", `tick`, ${brace}, *star*, snake_case and ümlaut '.repeat(3).trim(),
  resources: [
    { name: longest, fields },
    { name: 'b', fields: fields.slice(3, 5) },
    { name: 'vault', fields: fields.filter(({ secret }) => secret) },
    { name: 'key-ring', fields: parseFields('pin:string:secret') },
  ],
  consumes: ['created', 'updated'].map((what) => ({
    type: `account.${what}`,
    version: 1,
    topic: 'account.events',
    aggregate: 'account',
    from: 'account-service',
    schema: { type: 'object', properties: { id: { type: 'string' } } },
    fields,
  })),
};

/** Its line of the title and the description is short in characters, and in columns. */
const wide = { ...small, name: 'order-tracking-and-history', description: '漢字の説明です', resources: [] };
/** Its repository is a call with a short argument and a long name. */
const long = {
  ...small,
  resources: [{ name: 'prototype-arguments-of-the-longest-order', fields: parseFields('pin:string:secret') }],
};
/** The parameters of its list and the import of its seed have almost the width of a line. */
const keyed = {
  ...small,
  resources: [
    { name: 'purchase-order-history', fields: parseFields('k:integer:index rest:reference(opt)') },
    { name: 'opt', fields: parseFields(`k:date:index:optional long:reference(${longest}):optional`) },
    { name: longest, fields: parseFields('a:string') },
  ],
};

const shop = { name: 'shop', description: large.description, git: false };

/** The generator lays files out itself, and runs prettier only if it is not certain; a service runs all of prettier. */
describe('formatting', function () {
  this.timeout(120_000);

  for (const [name, answers] of Object.entries({
    small,
    large,
    'that publishes nothing': { ...small, resources: [] },
  })) {
    it(`writes a service ${name} as prettier would`, async () =>
      assertFormatted(await serviceFiles(answers)));
  }

  it('writes a workspace as prettier would', async () => assertFormatted(await workspaceFiles(shop)));

  it('writes any service as prettier would', async () =>
    fc.assert(
      fc.asyncProperty(anyAnswers, async (answers) => assertFormatted(await serviceFiles(answers))),
      { numRuns: 4, seed: 1, examples: [[wide], [long], [keyed]], endOnFailure: true },
    ));

  it('writes the files of usual services without prettier', async () => {
    const usual = 'email:string:unique name:string age:integer:optional active:boolean data:json';
    const events = [{ type: 'payment.created', fields: parseFields('amount:decimal note:text:optional') }];
    const slow: string[] = [];
    for (const name of ['a', 'shop', 'user', 'order-line', 'payment-method'])
      await serviceFiles(
        {
          ...small,
          name,
          resources: [{ name, fields: parseFields(usual) }],
          consumes: events.map((event) => ({
            ...event,
            version: 1,
            topic: 'payment.events',
            aggregate: 'payment',
            from: 'payment-service',
            schema: {},
          })),
        },
        undefined,
        (file, text) => {
          if (file.endsWith('.ts') && layOut(text) === undefined) slow.push(file);
          return text;
        },
      );
    assert.deepEqual(slow, []);
  });
});
