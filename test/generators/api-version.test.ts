import assert from 'node:assert/strict';
import { chooseGenerator } from '../../generators/cli/choose.ts';
import { commands, laterCommands } from '../../generators/service/commands/commands.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { assertFormatted } from './support/formatted.ts';

const user = { name: 'user', fields: parseFields('email:string:unique pin:string:secret') };
const before = serviceAnswers({ name: 'user', resources: [user] });

async function change(line: string, flags: Record<string, string> = {}, answers = before) {
  const [name, ...words] = line.split(' ');
  const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => [] };
  const given = Object.entries(flags).map(([flag, value]) => ({ flag, value }));
  const command = commands.find((each) => each.name === name) ?? assert.fail(name);
  return command.change(answers, { words, given, yes: true, context });
}

describe('another version of the routes of a resource', () => {
  it('is a router with its schemas and tests over the same service', async () => {
    const answers = await change('resource user', { api: 'v2' });
    const [old, files] = [await serviceFiles(before), await serviceFiles(answers)];
    const added = [...files.keys()].filter((file) => !old.has(file));
    assert.deepEqual(added, [
      'src/routers/user-v2-router.ts',
      'src/schemas/user-v2-schema.ts',
      'test/user-v2-router.test.ts',
    ]);
    const touched = [...old].filter(([file, text]) => files.get(file) !== text).map(([file]) => file);
    assert.deepEqual(touched, ['src/app.ts']);
    const router = files.get('src/routers/user-v2-router.ts') ?? '';
    assert.match(router, /apiRouter\(\{ path: '\/v2\/users', tag: 'users v2' \}\)/);
    assert.match(router, /from '\.\.\/schemas\/user-v2-schema\.ts'/);
    assert.doesNotMatch(router + files.get('test/user-v2-router.test.ts'), /v1/);
    assert.match(files.get('src/schemas/user-v2-schema.ts') ?? '', /\.label\('NewUserV2'\)/);
    assert.match(
      files.get('src/app.ts') ?? '',
      /createUserRouter\(users\)\);\n {2}routers\.push\(createUserV2Router\(users\)\);/,
    );
    await assertFormatted(
      new Map([...files].filter(([file]) => file.includes('v2') || file === 'src/app.ts')),
    );
  });

  it('retires an earlier one with a date and its successor', async () => {
    const second = await change('resource user', { api: 'v2' });
    const retired = await change('resource user', { retire: 'v1', sunset: '2099-06-30' }, second);
    const files = await serviceFiles(retired);
    assert.match(
      files.get('src/routers/user-router.ts') ?? '',
      /deprecated: \{ since: '\d{4}-\d\d-\d\d', sunset: '2099-06-30', successor: '\/v2\/users' \}/,
    );
    assert.match(files.get('test/user-router.test.ts') ?? '', /announces its end in every response/);
    assert.doesNotMatch(files.get('src/routers/user-v2-router.ts') ?? '', /deprecated/);
    const stored = JSON.parse(JSON.stringify(toStored(retired))) as Record<string, unknown>;
    assert.deepEqual(fromStored(stored).resources, retired.resources);
  });

  it('is removed without a trace', async () => {
    const answers = await change('resource user', { api: 'v2' });
    assert.deepEqual(await change('remove resource user.v2', {}, answers), before);
  });

  for (const [title, flags, message] of [
    [
      'a version that exists',
      { api: 'v1' },
      /the next version after v1 is v2, not "v1"; write npm init microservice resource user -- --api v2$/,
    ],
    ['a version without a number', { api: '2' }, /--api: the next version after v1 is v2, not "2"/],
    [
      'a retirement without a date',
      { retire: 'v1' },
      /write npm init microservice resource user -- --retire v1 --sunset 2027-06-30$/,
    ],
    [
      'a date of no calendar',
      { retire: 'v1', sunset: '2027-02-30' },
      /--sunset: "2027-02-30" is not a date; write it as/,
    ],
    ['a date in the past', { retire: 'v1', sunset: '2020-01-01' }, /--sunset: 2020-01-01 is not after today/],
    [
      'the retirement of an unknown version',
      { retire: 'v3', sunset: '2099-01-01' },
      /the resource "user" has no version "v3". It has: v1/,
    ],
  ] as const)
    it(`refuses ${title}`, async () => assert.rejects(change('resource user', flags), message));

  it('needs a resource that exists', async () => {
    await assert.rejects(change('resource order', { api: 'v2' }), /has no resource "order"\. It has: user/);
  });
});

describe('the word of a command of a later version', () => {
  for (const word of laterCommands)
    it(`${word} is not the name of a service, except after the word service`, () => {
      assert.throws(
        () => chooseGenerator([word, 'place-order']),
        new RegExp(`"${word}" is a command of a later version.* npm init microservice service ${word}$`),
      );
      const { generator, rest } = chooseGenerator(['service', word]);
      assert.deepEqual([generator.name, rest], ['service', [word]]);
    });
});
