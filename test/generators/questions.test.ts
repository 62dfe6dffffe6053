import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { TerminalAdapter } from '@yeoman/adapter';
import { answerAll } from '../../generators/questions/answers.ts';
import { createAsk } from '../../generators/questions/ask.ts';
import { typeForms } from '../../generators/service/fields/type-arguments.ts';
import type { ConsumedEvent } from '../../generators/service/model/answers.ts';
import { formatFields, parseFields } from '../../generators/service/fields/grammar.ts';
import { questions } from '../../generators/service/questions.ts';
import type { ServiceContext } from '../../generators/service/service-context.ts';

const event: ConsumedEvent = {
  type: 'user.created',
  version: 1,
  topic: 'user.events',
  aggregate: 'user',
  from: 'user-service',
  schema: { type: 'object' },
  fields: [],
};

const context: ServiceContext = {
  siblings: [{ folder: '/system/services/user-service', answers: { port: 8001, databasePort: 5432 } }],
  contractFiles: [],
  notes: [],
  publishedEvents: () => Promise.resolve([event, { ...event, type: 'user.deleted' }]),
};

const allTypes = `types: ${typeForms.join(', ')} modifiers: unique, optional, index, secret, public, default(value) example: email:string:unique age:integer:optional fields:`;
const enter = '\r';
const clear = '\u0015';

/** Without colors, and without the line breaks of a narrow terminal. */
const plain = (text: string) => stripVTControlCharacters(text).replaceAll(/\s+/g, '');

/** A terminal in which each answer is typed when its question appears. */
function typist(script: [question: string, keys: string][]) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  // Inquirer ends its output after each prompt, which process.stdout ignores.
  stdout.end = () => stdout;
  const seen: string[] = [];
  let screen = '';
  stdout.on('data', (data: Buffer) => {
    screen += data.toString();
    const [next] = script;
    if (!next || !plain(screen).includes(plain(next[0]))) return;
    script.shift();
    seen.push(next[0]);
    screen = '';
    setImmediate(() => stdin.write(next[1]));
  });
  const adapter = new TerminalAdapter({ stdin: stdin as never, stdout: stdout as never });
  return { ask: createAsk(adapter), seen, left: script };
}

describe('--fields without --resource', () => {
  const given = (name: string) => [
    { flag: 'name', value: name },
    { flag: 'fields', value: 'total:decimal' },
    { flag: 'fields', value: 'note:text' },
  ];
  const named = async (name: string, stored?: { name: string }[]) => {
    const resources = stored?.map((each) => ({ ...each, fields: parseFields('label:string') }));
    const answers = await answerAll(questions, context, {
      flags: given(name),
      stored: { resources },
      yes: true,
    });
    return answers.resources.map((each) => [each.name, ...each.fields.map((field) => field.name)]);
  };

  it('has the fields of the default resource, and adds fields to the only one of an earlier run', async () => {
    assert.deepEqual(await named('orders'), [['order', 'total', 'note']]);
    assert.deepEqual(await named('shop', [{ name: 'order' }]), [['order', 'label', 'total', 'note']]);
  });

  it('is refused if an earlier run has several resources', async () => {
    const several = named('shop', [{ name: 'order' }, { name: 'cart' }]);
    await assert.rejects(
      several,
      /without --resource, and the service has several resources: order, cart; put --resource <name> before/,
    );
  });
});

describe('the flags of a later run', () => {
  const driver = { name: 'driver', fields: parseFields('name:string:unique phone:string:secret') };
  const later = (flags: [flag: string, value: string | false][], resources = [driver], consumes = [event]) =>
    answerAll(questions, context, {
      flags: flags.map(([flag, value]) => ({ flag, value })),
      stored: { name: 'shop', resources, consumes },
      yes: true,
    });
  const fieldsAfter = async (...flags: [flag: string, value: string][]) =>
    (await later(flags)).resources.map(({ name, fields }) => `${name} ${formatFields(fields)}`);

  it('add a resource behind those of the earlier run, which stay', async () => {
    assert.deepEqual(await fieldsAfter(['resource', 'trip'], ['fields', 'code:string']), [
      'driver name:string:unique phone:string:secret',
      'trip code:string',
    ]);
    assert.deepEqual(
      (
        await later([
          ['resource', 'trip'],
          ['fields', 'code:string'],
        ])
      ).consumes,
      [event],
    );
  });

  it('add fields to a resource of the earlier run, or declare one of its fields again', async () => {
    assert.deepEqual(await fieldsAfter(['resource', 'driver'], ['fields', 'note:text:optional']), [
      'driver name:string:unique phone:string:secret note:text:optional',
    ]);
    assert.deepEqual(
      await fieldsAfter(
        ['resource', 'driver'],
        ['fields', 'phone:string:optional:public name:string:unique'],
      ),
      ['driver name:string:unique phone:string:optional:public'],
    );
    assert.deepEqual(await fieldsAfter(['resource', 'driver'], ['fields', 'phone:string']), [
      'driver name:string:unique phone:string:secret',
    ]);
    assert.deepEqual(await fieldsAfter(['resource', 'driver']), [
      'driver name:string:unique phone:string:secret',
    ]);
  });

  it('refuse fields that do not fit to those of the earlier run, and a new resource without fields', async () => {
    await assert.rejects(
      fieldsAfter(['resource', 'driver'], ['fields', 'na_me:string']),
      /^UsageError: --fields of driver: /,
    );
    await assert.rejects(fieldsAfter(['resource', 'trip']), /--resource trip has no fields; add --fields/);
    await assert.rejects(
      fieldsAfter(['resource', 'trip'], ['fields', 'a:string'], ['resource', 'trip'], ['fields', 'b:string']),
      /"trip"/,
    );
  });

  it('add an event behind those of the earlier run, and read one of them again', async () => {
    const added = await later([['consumes', 'user.deleted']]);
    assert.deepEqual(added.consumes, [event, { ...event, type: 'user.deleted' }]);
    const old = [
      { ...event, schema: {} },
      { ...event, type: 'user.gone' },
    ];
    const again = await later([['consumes', 'user.created']], [driver], old);
    assert.deepEqual(again.consumes, [event, { ...event, type: 'user.gone' }]);
    assert.deepEqual(again.resources, [driver]);
  });

  it('never remove: --no-resources and --no-consumes say how to', async () => {
    await assert.rejects(
      later([['resources', false]]),
      /^UsageError: --no-resources removes nothing from a service, which has the resource "driver"; to remove one, write npm init microservice remove resource <name>$/,
    );
    await assert.rejects(
      later([['consumes', false]]),
      /^UsageError: --no-consumes removes nothing from a service, which consumes "user\.created"; to remove one, write npm init microservice remove consumer <name>$/,
    );
    const none = await later(
      [
        ['resources', false],
        ['consumes', false],
      ],
      [],
      [],
    );
    assert.deepEqual([none.resources, none.consumes], [[], []]);
  });
});

describe('the questions of a service', () => {
  it('are asked in order, offer the events of siblings, and refuse invalid answers at once', async () => {
    const { ask, left } = typist([
      ['Name of the service', `My Mail${enter}`],
      ['try "my-mail"', `${clear}mail-service${enter}`],
      ['What does it do', enter],
      ['Does it own a resource', enter],
      ['Its name, singular', `${clear}letters${enter}`],
      ['("letter")', `${clear}letter${enter}`],
      [allTypes, `${clear}subject:strin${enter}`],
      ['Did you mean "string"', `${clear}subject:string:unique apiToken:string pageToken:string${enter}`],
      ['Another resource', enter],
      ['"apiToken" looks like a secret', enter],
      ['"pageToken" looks like a secret', `n${enter}`],
      ['Which events of other services', ` ${enter}`],
      ['Port of the service', `${clear}8001${enter}`],
      ['already used by user-service; 8002 is free', `${clear}8002${enter}`],
      ['Port of its PostgreSQL', enter],
      ['Tokens that callers need', enter],
      ['Package manager', enter],
      ['Continuous integration', `\u001b[B${enter}`],
      ['Kubernetes manifests?', `n${enter}`],
      ['git repository', `n${enter}`],
      ['Install its packages', `n${enter}`],
    ]);
    const answers = await answerAll(questions, context, { flags: [], yes: false, ask });
    assert.deepEqual(left, []);
    assert.deepEqual(answers, {
      name: 'mail',
      description: 'The mail service',
      resources: [
        {
          name: 'letter',
          fields: [
            { name: 'subject', type: 'string', unique: true, optional: false, index: false },
            { name: 'apiToken', type: 'string', unique: false, optional: false, index: false, secret: true },
            {
              name: 'pageToken',
              type: 'string',
              unique: false,
              optional: false,
              index: false,
              secret: false,
            },
          ],
        },
      ],
      consumes: [event],
      clients: [],
      commands: [],
      sagas: [],
      participants: [],
      projections: [],
      port: 8002,
      databasePort: 5433,
      auth: 'none',
      packageManager: 'npm',
      ci: 'none',
      updateWorkflow: false,
      kubernetes: false,
      git: false,
      install: false,
    });
  });

  it('propose a resource, and say why it is not named like the service', async () => {
    const { ask, left } = typist([
      ['Does it own a resource', enter],
      ['"analytics" has no plural of its own', enter],
      ['fields:', enter],
      ['Another resource', enter],
    ]);
    const resources = await questions.resources.ask(ask, { name: 'analytics' }, context);
    assert.deepEqual(left, []);
    assert.deepEqual(
      resources.map(({ name }) => name),
      ['analytics-report'],
    );
  });

  it('are asked only if neither a flag nor an earlier run answers them', async () => {
    const { ask, seen } = typist([['Kubernetes manifests?', enter]]);
    const given = {
      name: 'mail',
      description: 'x',
      'package-manager': 'pnpm',
      auth: 'none',
      ci: 'none',
      port: '8010',
      'database-port': '5440',
    };
    const flags = Object.entries(given).map(([flag, value]) => ({ flag, value }));
    const none = ['resources', 'consumes'].map((flag) => ({ flag, value: false }));
    const stored = { git: false, install: false, port: 8020 };
    const answers = await answerAll(questions, context, {
      flags: [...flags, ...none],
      stored,
      yes: false,
      ask,
    });
    assert.deepEqual(seen, ['Kubernetes manifests?']);
    assert.equal(answers.port, 8010);
    assert.equal(answers.packageManager, 'pnpm');
    assert.deepEqual([answers.resources, answers.consumes, answers.git], [[], [], false]);
  });
});
