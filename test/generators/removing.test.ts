import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UsageError } from '../../generators/core/usage-error.ts';
import type { Texts } from '../../generators/merge/plan.ts';
import type { ConsumedEvent, ServiceAnswers } from '../../generators/service/model/answers.ts';
import { formatFields, parseFields } from '../../generators/service/fields/grammar.ts';
import { edited, ownerEdits } from './merge/owner-edits.ts';
import { anyAnswers, fields } from './support/any-answers.ts';
import { type Call, newService, runInMemory, type Service } from './support/service-in-memory.ts';

/** An addition, and the calls that remove it. */
interface Addition {
  add: Call;
  remove: Call[];
}

const published: ConsumedEvent[] = ['created', 'updated', 'deleted'].map((fact) => ({
  type: `zeppelin.${fact}`,
  version: 1,
  topic: 'zeppelin.events',
  aggregate: 'zeppelin',
  from: 'airfield-service',
  schema: {
    type: 'object',
    properties: { id: { type: 'string', format: 'uuid' }, name: { type: 'string' } },
    required: ['id'],
  },
  fields: parseFields('name:string:optional'),
}));

const resources = fc.record({ name: fc.constantFrom('aardvark', 'quay', 'zone'), fields });

const additionOfResource = resources.map(({ name, fields: all }): Addition => ({
  add: ['resource', [name], { fields: formatFields(all) }],
  remove: [['remove', ['resource', name]]],
}));

const additionOfConsumer = fc
  .record({
    facts: fc.subarray(
      published.map(({ type }) => type),
      { minLength: 1 },
    ),
    way: fc.constantFrom('handler', 'copy'),
  })
  .map(({ facts, way }): Addition => ({
    add: ['consumer', facts, { [way]: true }],
    remove: facts.map((type) => ['remove', ['consumer', type]]),
  }));

const additionOfClient: Addition = {
  add: ['client', ['zenith'], { url: 'https://api.example.com' }],
  remove: [['remove', ['client', 'zenith']]],
};

const additionOfCommand: Addition = {
  add: ['command', ['count-zebras']],
  remove: [['remove', ['command', 'count-zebras']]],
};

/** An event about a resource of the service, if it has one. */
const additionOfEvent = ({ resources: [first] }: ServiceAnswers) =>
  fc.option(fields, { nil: undefined }).map((all): Addition => {
    const type = `${first?.name}.vanished`;
    const data = all?.map((each) => ({ ...each, unique: false, index: false, secret: false }));
    return {
      add: ['event', [type], data ? { fields: formatFields(data) } : {}],
      remove: [['remove', ['event', type]]],
    };
  });

const additions = (answers: ServiceAnswers): fc.Arbitrary<Addition> =>
  fc.oneof(
    additionOfResource,
    additionOfConsumer,
    fc.constantFrom(additionOfClient, additionOfCommand),
    ...(answers.resources.length > 0 ? [additionOfEvent(answers)] : []),
  );

/** Most edits of the corpus are made to the files of the resource "user". */
const withUser = anyAnswers.map((answers) => ({
  ...answers,
  resources: answers.resources.map((each, index) => (index === 0 ? { ...each, name: 'user' } : each)),
}));

const cases = withUser.chain((answers) =>
  fc.record({
    answers: fc.constant(answers),
    additions: fc.uniqueArray(additions(answers), {
      selector: ({ add: [command, words] }) => (command === 'resource' ? words[0] : command),
      minLength: 1,
      maxLength: 3,
    }),
    edits: ownerEdits,
  }),
);

/** Runs the calls; a call that is refused, because of a name that the service has already, discards the case. */
async function runAll(service: Service, calls: Call[]): Promise<Service> {
  let result = service;
  for (const call of calls) {
    try {
      result = await runInMemory(result, call, published);
    } catch (error) {
      fc.pre(!(error instanceof UsageError));
      throw error;
    }
  }
  return result;
}

/** A removed part leaves its migrations and seeds, and the next parts get later numbers. */
const withoutBorn = (files: Texts) =>
  Object.fromEntries([...files].filter(([file]) => !/^(?:migrations|seeds)\//.test(file)));

describe('the command remove', function () {
  this.timeout(120_000);

  it('is the opposite of adding, for any service, in any order, and keeps the edits of the owner', async () =>
    fc.assert(
      fc.asyncProperty(cases, async ({ answers, additions: added, edits }) => {
        const generated = await newService(answers);
        const before = { ...generated, disk: edited(generated.disk, edits) };
        const grown = await runAll(
          before,
          added.map(({ add }) => add),
        );
        const after = await runAll(
          grown,
          added.flatMap(({ remove }) => remove),
        );
        assert.deepEqual(withoutBorn(after.disk), withoutBorn(before.disk));
        assert.deepEqual(withoutBorn(after.base), withoutBorn(before.base));
        assert.deepEqual(after.answers, before.answers);
      }),
      { numRuns: 6 },
    ));
});
