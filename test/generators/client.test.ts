import assert from 'node:assert/strict';
import type { Sibling } from '../../generators/output/place.ts';
import { commands } from '../../generators/service/commands/commands.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { questions } from '../../generators/service/questions.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import { settleChanges } from '../../generators/questions/answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';

const before = serviceAnswers({ name: 'order', kubernetes: true });
const siblings = [
  { folder: '/w/user-service', answers: { name: 'user', port: 8003 } },
] as unknown as Sibling[];

/** Runs the command in memory, with the checks of a real run. */
async function change(name: string, words: string[], flags: Record<string, string> = {}, answers = before) {
  const context = { siblings, contractFiles: [], notes: [], publishedEvents: async () => [] };
  const given = Object.entries(flags).map(([flag, value]) => ({ flag, value }));
  const command = commands.find((each) => each.name === name) ?? assert.fail(name);
  const changed = await command.change(answers, { words, given, yes: true, context });
  return settleChanges(questions, { before: answers, answers: changed }, context, undefined);
}
const client = (name: string, url: string, answers?: ServiceAnswers) =>
  change('client', [name], { url }, answers);

describe('the command client', () => {
  it('adds the client, its fake, its tests and its address in every environment', async () => {
    const answers = await client('fx-rate', 'https://api.example.com/v1/');
    assert.deepEqual(answers.clients, [{ name: 'fx-rate', url: 'https://api.example.com/v1' }]);
    const files = await serviceFiles(answers);
    for (const file of [
      'src/clients/fx-rate-client.ts',
      'test/fake-fx-rate.ts',
      'test/fx-rate-client.test.ts',
    ])
      assert.ok(files.has(file), file);
    assert.match(files.get('.env.example') ?? '', /\nFX_RATE_URL=https:\/\/api\.example\.com\/v1\n/);
    assert.match(
      files.get('docker-compose.yml') ?? '',
      / FX_RATE_URL: \$\{FX_RATE_URL:-https:\/\/api\.example/,
    );
    assert.match(
      files.get('k8s/kustomization.yaml') ?? '',
      /- FX_RATE_URL=https:\/\/api\.example\.com\/v1\n/,
    );
    assert.match(
      files.get('src/app.ts') ?? '',
      /fxRate: createFxRateClient\(\{ baseUrl: config\.fxRateUrl, /,
    );
  });

  it('is remembered, and removed without a trace', async () => {
    const answers = await client('tax', 'https://api.example.com');
    const stored = JSON.parse(JSON.stringify(toStored(answers))) as Record<string, unknown>;
    assert.deepEqual(fromStored(stored).clients, answers.clients);
    assert.deepEqual(await change('remove', ['client', 'tax'], {}, answers), before);
    assert.throws(
      () => fromStored({ clients: [{ name: 'tax', url: 'ftp://x' }] }),
      /clients\[0\]\.url is "ftp:/,
    );
  });

  for (const [name, url] of [
    ['user', 'https://api.example.com'],
    ['people', 'http://user-service:8000'],
    ['people', 'http://localhost:8003/v1'],
    ['people', 'http://user-service.default.svc.cluster.local:8000'],
  ] as const)
    it(`refuses ${name} at ${url}, a service of the same system`, async () => {
      await assert.rejects(
        client(name, url),
        /would call user-service\. Services of one system talk through events.*write npm init microservice consumer <event>$/,
      );
    });

  for (const [title, name, url, message] of [
    ['the service itself', 'me', 'http://localhost:8001', /would call this service\./],
    [
      'an address without a protocol',
      'tax',
      'api.example.com',
      /--url: "api\.example\.com" is not the address/,
    ],
    ['an address with credentials', 'tax', 'https://u:p@api.example.com', /is not the address of an API/],
    [
      'an address with a query',
      'tax',
      'https://api.example.com/?a=1',
      /without a user, a password or a query/,
    ],
    ['a name of the runtime', 'database', 'https://x.example', /"database" is reserved for the variables/],
    ['a name that is not kebab-case', 'Tax', 'https://x.example', /"Tax" is not kebab-case.*\(try "tax"\)/],
  ] as const)
    it(`refuses ${title}`, async () => assert.rejects(client(name, url), message));

  it('refuses a second client with the same name, and names the missing flag', async () => {
    const answers = await client('tax', 'https://api.example.com');
    await assert.rejects(client('tax', 'https://b.example', answers), /has the client "tax" already/);
    await assert.rejects(
      change('client', ['tax']),
      /the client "tax" has no address; write npm init microservice client tax -- --url https:\/\/api\.example\.com$/,
    );
  });
});

describe('the command named command', () => {
  it('adds a command and its test, is remembered, and removed without a trace', async () => {
    const answers = await change('command', ['recalculate-totals']);
    const files = await serviceFiles(answers);
    assert.match(files.get('src/commands/recalculate-totals.ts') ?? '', /export async function run\(/);
    assert.ok(files.has('test/recalculate-totals-command.test.ts'));
    const stored = JSON.parse(JSON.stringify(toStored(answers))) as Record<string, unknown>;
    assert.deepEqual(fromStored(stored).commands, [{ name: 'recalculate-totals' }]);
    assert.deepEqual(await change('remove', ['command', 'recalculate-totals'], {}, answers), before);
  });

  it('refuses a missing, an invalid and a second name', async () => {
    const answers = await change('command', ['purge']);
    await assert.rejects(change('command', []), /write npm init microservice command recalculate-totals$/);
    await assert.rejects(change('command', ['../x']), /"\.\.\/x" is not kebab-case/);
    await assert.rejects(change('command', ['purge'], {}, answers), /has the command "purge" already/);
  });
});
