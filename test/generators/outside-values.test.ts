import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import joi from 'joi';
import { answerAll } from '../../generators/questions/answers.ts';
import { topic, version } from '../../generators/outside/rules.ts';
import { descriptionFault } from '../../generators/core/description-rule.ts';
import type { ConsumedEvent, ServiceAnswers } from '../../generators/service/model/answers.ts';
import { findEvents, publishedEvents } from '../../generators/service/contracts/contract-files.ts';
import { eventTypeFault } from '../../generators/service/contracts/event-name-rules.ts';
import { historyOf } from '../../generators/service/migrations/history.ts';
import { questions } from '../../generators/service/questions.ts';
import { fromStored } from '../../generators/service/stored/stored-answers.ts';
import { UsageError } from '../../generators/core/usage-error.ts';
import { fromStored as workspaceFromStored } from '../../generators/workspace/stored-answers.ts';
import { readYoRc } from '../../generators/output/yo-rc.ts';
import { newFolder, quick, removeFolders, run } from './support/command.ts';
import { contractOf, type Told } from './support/contract.ts';
import { hostile } from './support/hostile.ts';
import { defineEvent } from '../../src/runtime/events/event/definition.ts';

const comment = '*/ process.exit(1); /*';
const file = '/elsewhere/asyncapi.json';

/** One line that says where the value stands, what it is, and what would be allowed. */
const refusal =
  (...parts: RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.doesNotMatch(error.message, /[\p{Cc}\u2028\u2029]/u);
    assert.ok(error.message.length < 500, `${error.message.length} characters`);
    for (const part of parts) assert.match(error.message, part);
    return true;
  };

describe('a contract of another team', () => {
  const cases: [what: string, Told, ...RegExp[]][] = [
    ['a title that ends a comment', { title: comment }, /info\.title is "\*\/ process/, /letters, digits/],
    ['a title of two lines', { title: 'user\nevil()' }, /info\.title is "user\\nevil\(\)"/],
    ['a title with a line separator', { title: 'user\u2028evil()' }, /info\.title is "user\\u2028evil\(\)"/],
    ['a title that turns the direction of text', { title: 'a\u202Eb' }, /info\.title is "a\\u202eb"/i],
    ['an empty title', { title: '' }, /info\.title is ""/],
    ['a title that is a number', { title: 7 }, /info\.title is 7/],
    ['a title that never ends', { title: 'a'.repeat(100_000) }, /info\.title is "a{10,100}/],
    ['a type with a quote', { name: "user.created'; evil()" }, /user\.created'; evil/, /name/],
    ['a type with a placeholder', { name: 'user.`${evil()}`' }, /user\.`\$\{evil\(\)\}`/],
    ['a type that is a number', { name: 7 }, /name.* is 7/],
    ['a topic with a quote', { topic: "user.events', evil: '" }, /user\.events', evil/, /249/],
    ['a topic that is a folder', { topic: '..' }, /"\.\."/],
    ['a topic of 250 characters', { topic: 't'.repeat(250) }, /address/],
    ['a topic that is an object', { topic: {} }, /address.* an object/],
    ['code for a version', { version: '1; evil()' }, /x-version.* is "1; evil\(\)"/, /1, 2, 3/],
    ['a version that is a text', { version: 'two' }, /x-version.* is "two"/],
    ['version 0', { version: 0 }, /x-version.* is 0/],
    ['version 1.5', { version: 1.5 }, /x-version.* is 1\.5/],
    ['no safe integer for a version', { version: 2 ** 53 }, /x-version.* is 9007199254740992/],
    ['null for a version', { version: null }, /x-version.* is null/],
    ['version 0 in the name', { name: 'user.created.v0' }, /version.* is 0/],
    ['an aggregate with a quote', { aggregate: "user'" }, /x-aggregate.* is "user'"/],
    ['an aggregate that is a list', { aggregate: ['user'] }, /x-aggregate.* is a list/],
  ];
  for (const [what, told, ...parts] of cases) {
    it(`with ${what} is refused in one line`, () => {
      assert.throws(
        () => publishedEvents(contractOf(told), file),
        refusal(/\/elsewhere\/asyncapi\.json/, ...parts),
      );
    });
  }

  it('that cannot be read is refused in one line', async () => {
    const folder = await newFolder();
    const contract = path.join(folder, 'asyncapi.json');
    const texts: [string, RegExp][] = [
      ['{"a\n\u202E', /is not JSON/],
      ['null', /asyncapi is absent/],
      ['{"asyncapi":"2\\n"}', /asyncapi is "2\\n"/],
    ];
    for (const [content, part] of texts) {
      await writeFile(contract, content);
      await assert.rejects(findEvents([], [contract]), refusal(/asyncapi\.json/, part), content);
    }
  });

  it('may use every letter that the rules allow', () => {
    const told = { title: 'User_Service.v1-x', name: 'user.sign_up-done.v3', topic: 'A.b_c-9' };
    const [event] = publishedEvents(contractOf(told), file);
    const { from, type, topic, version } = event ?? {};
    assert.deepEqual(
      { from, type, topic, version },
      { from: 'User_Service.v1-x', type: 'user.sign_up-done', topic: 'A.b_c-9', version: 3 },
    );
  });
});

const consuming = (...names: string[]) => {
  const events = names.flatMap((name) => publishedEvents(contractOf({ name, aggregate: 'user' }), file));
  const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => events };
  const flags = [
    { flag: 'name', value: 'mail' },
    { flag: 'resources', value: false },
    ...names.map((value) => ({ flag: 'consumes', value })),
  ];
  return answerAll(questions, context, { flags, yes: true });
};

describe('--consumes', () => {
  it('refuses a type that defineEvent would refuse', async () => {
    for (const name of ['UserCreated', '1.created', 'user.Created', 'user', '_.-'])
      await assert.rejects(consuming(name), refusal(/--consumes: the event type/), name);
  });

  it('accepts exactly the topics, types and versions that the runtime accepts', () => {
    const takes = (topicName: string, type: string, number: number) => {
      try {
        defineEvent({ topic: topicName, type, version: number, aggregate: 'a', schema: joi.object() });
        return true;
      } catch {
        return false;
      }
    };
    const fits = (fault: string | undefined) => fault === undefined;
    fc.assert(
      fc.property(hostile, fc.oneof(fc.integer({ min: -1 }), fc.double()), (value, number) => {
        assert.equal(fits(topic.fault(value)), takes(value, 'a.b', 1));
        assert.equal(fits(eventTypeFault(value)), takes('a', value, 1));
        assert.equal(fits(version.fault(number)), takes('a', 'a.b', number));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a type whose name in the code is taken', async () => {
    await assert.rejects(consuming('define.event'), refusal(/"defineEvent"/));
    await assert.rejects(consuming('user.data'), refusal(/"userData"/));
    await assert.rejects(consuming('user.signed-up', 'user-signed.up'), refusal(/"userSignedUp"/));
  });

  it('leaves out a field that every copy has', () => {
    const payload = {
      type: 'object',
      properties: { copiedAt: { type: 'string' }, name: { type: 'string' } },
    };
    const [event] = publishedEvents(contractOf({ payload }), file);
    assert.deepEqual(
      event?.fields.map(({ name }) => name),
      ['name'],
    );
  });
});

const consumed: Omit<ConsumedEvent, 'fields'> = {
  type: 'user.created',
  version: 1,
  topic: 'user.events',
  aggregate: 'user',
  from: 'user-service',
  schema: { type: 'object', properties: { email: { type: 'string' } } },
};

describe('a description', () => {
  it('is refused if it would look different from its characters', () => {
    for (const text of ['  ', 'a\u202Eb', 'a\u2066b', 'a\uD800b'])
      assert.ok(descriptionFault(text), JSON.stringify(text));
    assert.equal(descriptionFault(`a<b>&'c "d" \u{1F600}`), undefined);
  });
});

describe('.yo-rc.json', () => {
  const consumes = (change: Record<string, unknown>) => ({ consumes: [{ ...consumed, ...change }] });
  const cases: [what: string, answers: Record<string, unknown>, ...RegExp[]][] = [
    ['code for a version', consumes({ version: '1; evil()' }), /consumes\[0\]\.version is "1; evil\(\)"/],
    ['no version', consumes({ version: undefined }), /consumes\[0\]\.version/],
    ['a title that ends a comment', consumes({ from: comment }), /consumes\[0\]\.from is "\*\//],
    ['a topic with a quote', consumes({ topic: "a'" }), /consumes\[0\]\.topic is "a'"/, /249/],
    ['a type with a newline', consumes({ type: 'user.\ncreated' }), /consumes\[0\]\.type is "user\.\\n/],
    ['an aggregate that is a path', consumes({ aggregate: '../x' }), /consumes\[0\]\.aggregate is "\.\.\/x"/],
    ['a schema that is a text', consumes({ schema: 'x' }), /consumes\[0\]\.schema is "x"/],
    ['an event that is null', { consumes: [null] }, /consumes\[0\] is null/],
    ['events that are a text', { consumes: 'x' }, /consumes is "x"/],
    ['a name that is a path', { name: '../../x' }, /name is "\.\.\/\.\.\/x"/],
    ['a name that is a number', { name: 3 }, /name is 3/],
    ['a description of two lines', { description: 'a\nb' }, /description is "a\\nb"/],
    ['a port that is code', { port: '8001\n' }, /port is "8001\\n"/],
    ['a database port out of range', { databasePort: 70_000 }, /databasePort is 70000/],
    ['another program to install with', { packageManager: 'sh' }, /packageManager is "sh"/, /npm.*pnpm/],
    ['another pipeline', { ci: 'jenkins' }, /ci is "jenkins"/],
    ['kubernetes as a text', { kubernetes: 'yes' }, /kubernetes is "yes"/],
    ['resources that are a number', { resources: 5 }, /resources is 5/],
    ['a resource without fields', { resources: [{ name: 'user' }] }, /resources\[0\]\.fields/],
    [
      'a field that is code',
      { resources: [{ name: 'user', fields: 'a:string b);evil(:string' }] },
      /resources\[0\]\.fields is "a:string b\)/,
    ],
    [
      'a resource that is a path',
      { resources: [{ name: '../x', fields: 'a:string' }] },
      /resources\[0\]\.name/,
    ],
  ];
  for (const [what, answers, ...parts] of cases) {
    it(`with ${what} is refused in one line`, () => {
      assert.throws(() => fromStored(answers), refusal(/\.yo-rc\.json/, ...parts));
    });
  }

  it('with an impossible table is refused in one line', () => {
    const tables: [Record<string, unknown>, RegExp][] = [
      [{ 'a"; evil()': 'b:string' }, /tables\["a\\"; evil\(\)"\]/],
      [{ users: 'b:evil()' }, /tables\["users"\] is "b:evil\(\)"/],
      [{ users: 7 }, /tables\["users"\] is 7/],
    ];
    for (const [each, part] of tables) {
      const before = { answers: {}, tables: each as Record<string, string> };
      assert.throws(() => historyOf(before, new Map(), new Map()), refusal(part));
    }
  });

  it('that no run can have written is refused in one line', async () => {
    const folder = await newFolder();
    const answers = { name: 'shop', description: 'The shop' };
    const own: [unknown, RegExp][] = [
      [{ generator: 'workspace', version: '1; evil()', answers }, /version is "1; evil\(\)"/],
      [{ generator: 'workspace', version: 1, answers }, /version is 1/],
      [{ generator: 'workspace', answers: [] }, /answers is a list/],
      [{ generator: ['workspace'], answers }, /generator is a list/],
      [{ generator: 'service', answers, tables: 'x' }, /tables is "x"/],
    ];
    for (const [remembered, part] of own) {
      await writeFile(
        path.join(folder, '.yo-rc.json'),
        JSON.stringify({ 'create-microservice': remembered }),
      );
      await assert.rejects(readYoRc(folder), refusal(/\.yo-rc\.json/, part));
    }
    await writeFile(path.join(folder, '.yo-rc.json'), '{\n"a\n');
    await assert.rejects(readYoRc(folder), refusal(/\.yo-rc\.json is not JSON/));
  });

  it('of a workspace is checked as well', () => {
    assert.throws(() => workspaceFromStored({ name: 7 }), refusal(/name is 7/));
    assert.throws(() => workspaceFromStored({ name: '../x' }), refusal(/name is "\.\.\/x"/));
    assert.throws(() => workspaceFromStored({ description: '\n' }), refusal(/description is "\\n"/));
    assert.deepEqual(workspaceFromStored({ name: 'shop' }), { name: 'shop', git: false });
  });

  it('with allowed values is read unchanged', () => {
    const answers = { name: 'user', port: 8001, ...consumes({}), packageManager: 'pnpm', kubernetes: false };
    const read: Partial<ServiceAnswers> = fromStored(answers);
    assert.equal(read.consumes?.[0]?.fields[0]?.name, 'email');
    assert.equal(read.packageManager, 'pnpm');
  });
});

describe('create-microservice and values from outside', () => {
  afterEach(removeFolders);

  it('ends with one line and writes nothing for a hostile contract and a hostile memory, and ignores a hostile sibling', async () => {
    const cwd = await newFolder();
    await writeFile(path.join(cwd, 'asyncapi.json'), JSON.stringify(contractOf({ title: comment })));
    const flags = [...quick, '--no-resources', '--contract', 'asyncapi.json', '--consumes', 'user.created'];
    const contract = await run(['mail', ...flags], { cwd });
    assert.deepEqual([contract.code, contract.errors.length], [1, 1], contract.errors.join('\n'));

    await writeFile(path.join(cwd, 'asyncapi.json'), JSON.stringify(contractOf()));
    const written = await run(['mail', ...flags], { cwd });
    assert.equal(written.code, 0, written.errors.join('\n'));
    const rc = path.join(cwd, 'mail-service', '.yo-rc.json');
    const honest = await readFile(rc, 'utf8');
    const replaced = (from: string, to: string) => {
      assert.ok(honest.includes(from), from);
      return writeFile(rc, honest.replace(from, to));
    };
    await replaced('"version":1', '"version":"1; evil()"');
    const again = await run([], { cwd: path.join(cwd, 'mail-service') });
    assert.deepEqual([again.code, again.errors.length], [1, 1], again.errors.join('\n'));
    assert.match(again.errors[0] ?? '', /\.yo-rc\.json.*consumes\[0\]\.version is "1; evil\(\)"/);

    await replaced('"resources": []', '"resources": [null]');
    const beside = await run(['log', ...quick], { cwd });
    assert.deepEqual([beside.code, beside.errors.length], [0, 1], beside.errors.join('\n'));
    assert.match(
      beside.errors[0] ?? '',
      /note: mail-service is ignored: .*\.yo-rc\.json.*resources\[0\] is null/,
    );
    for (const text of [await readFile(rc, 'utf8'), '{']) {
      await writeFile(rc, text);
      for (const named of [
        ['command', 'a', '--service', 'mail-service'],
        ['mail', ...quick],
      ]) {
        const { code, errors } = await run(named, { cwd });
        assert.deepEqual([code, errors.length], [1, 1], errors.join('\n'));
        assert.match(errors[0] ?? '', /^create-microservice: \S*\.yo-rc\.json.* is (?:null|not JSON)/);
      }
    }
  });

  it('shows the typed text on one line', async () => {
    const cwd = await newFolder();
    const { errors } = await run(['a\nb\u2028c', ...quick], { cwd });
    assert.deepEqual(errors.length, 1, errors.join('\n'));
    assert.match(errors[0] ?? '', /"a\\nb\\u2028c" is not kebab-case/);
  });
});
