import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { publishedEvents } from '../../generators/service/contracts/contract-files.ts';
import { fieldsOfSchema } from '../../generators/service/contracts/schema-fields.ts';
import { everyType } from '../support/every-type.ts';
import { filesIn, newFolder, quick, removeFolders } from './support/command.ts';
import { runHere as run } from './support/command-here.ts';

const published = everyType
  .map(([word, type]) => `${word}Field:${type} ${word}Maybe:${type}:optional`)
  .join(' ');
/** A copy has no lengths, digits and values: the producer may allow more of them. */
const copied = everyType.flatMap(([word, form]) => {
  const type = form.replace(/\(.*/, '').replace('enum', 'string');
  return [
    { name: `${word}Field`, type, unique: false, optional: false, index: false },
    { name: `${word}Maybe`, type, unique: false, optional: true, index: false },
  ];
});

const consumesOf = async (folder: string) => {
  const text = await readFile(path.join(folder, '.yo-rc.json'), 'utf8');
  const rc = JSON.parse(text) as Record<string, { answers: { consumes: Record<string, unknown>[] } }>;
  return rc['create-microservice']?.answers.consumes ?? [];
};

describe('create-microservice --consumes', () => {
  let cwd: string;

  before(async () => {
    cwd = await newFolder();
    const { code, errors } = await run(['user', ...quick, '--resource', 'user', '--fields', published], {
      cwd,
    });
    assert.equal(code, 0, errors.join('\n'));
  });
  after(removeFolders);

  it('finds the events of a sibling in its asyncapi.json, and copies their schema', async () => {
    const args = ['mail', ...quick, '--no-resources', '--consumes', 'user.created,user.deleted'];
    const { code, output, errors } = await run(args, { cwd });
    assert.equal(code, 0, errors.join('\n'));
    assert.match(
      output,
      /The copy of "user" keeps old rows, since it does not follow user\.updated\. .* write npm init microservice consumer user\.updated -- --copy\n/,
    );
    const again = ['mail', ...quick, '--no-install'];
    const other = await run([...again, '--resource', 'letter', '--fields', 'code:string', '--dry-run'], {
      cwd,
    });
    assert.doesNotMatch(other.output, /keeps old rows/);
    const unnamed = await run([...again, '--contract', 'user-service/asyncapi.json'], { cwd });
    assert.match(unnamed.errors.join(), /asyncapi\.json is given without an event; add --consumes <event>/);
    const misspelled = await run(['pay', ...quick, '--no-resources', '--consumes', 'pw.createdd'], { cwd });
    assert.match(misspelled.errors.join(), /no known service publishes "pw\.createdd"\. Published:/);
    const [created, deleted, ...others] = await consumesOf(path.join(cwd, 'mail-service'));
    assert.deepEqual(others, []);
    const { type, version, topic, aggregate, from, schema } = created ?? {};
    assert.deepEqual(
      { type, version, topic, aggregate, from },
      { type: 'user.created', version: 1, topic: 'user.events', aggregate: 'user', from: 'user-service' },
    );
    assert.equal(deleted?.['type'], 'user.deleted');
    assert.deepEqual(fieldsOfSchema(schema as Record<string, unknown>), copied);
  });

  it('accepts older events, which do not have a field that was added since and can be null', async () => {
    const nullable = copied
      .filter(({ type, optional }) => optional && type !== 'json')
      .map(({ name }) => name);
    assert.ok(nullable.length > 0);
    const code = await readFile(path.join(cwd, 'mail-service/src/events/user-copy-events.ts'), 'utf8');
    for (const name of nullable) {
      assert.match(code, new RegExp(`^ {2}${name}\\?: .* \\| null;$`, 'm'));
      assert.match(code, new RegExp(`^ {4}${name}: .*\\.allow\\(.*null\\),$`, 'm'));
    }
  });

  it('uses the copied schemas again when the sibling is gone', async () => {
    const alone = path.join(await newFolder(), 'mail-service');
    await cp(path.join(cwd, 'mail-service'), alone, { recursive: true });
    const before = await filesIn(alone);
    const { code, output } = await run([], { cwd: alone });
    assert.equal(code, 0);
    assert.match(output, /up to date/);
    assert.deepEqual(await filesIn(alone), before);
  });

  it('finds the events in a named contract file too', async () => {
    const elsewhere = await newFolder();
    const contract = path.join(cwd, 'user-service', 'asyncapi.json');
    const args = [
      'mail',
      ...quick,
      '--no-resources',
      '--contract',
      contract,
      '--consumes',
      'user.updated.v1',
    ];
    const { code, errors } = await run(args, { cwd: elsewhere });
    assert.equal(code, 0, errors.join('\n'));
    const [updated] = await consumesOf(path.join(elsewhere, 'mail-service'));
    assert.equal(updated?.['from'], 'user-service');
  });

  it('lists the published events if an event is unknown, and suggests the most similar one', async () => {
    const { code, errors } = await run(['log', ...quick, '--no-resources', '--consumes', 'user.craeted'], {
      cwd,
    });
    assert.equal(code, 1);
    assert.equal(errors.length, 1);
    assert.match(
      errors[0] ?? '',
      /no known service publishes "user\.craeted"\. Did you mean "user\.created"\? Published: user\./,
    );
  });

  it('refuses the events of a resource that the service would own itself', async () => {
    const elsewhere = await newFolder();
    const contract = path.join(cwd, 'user-service', 'asyncapi.json');
    const args = ['user-two', ...quick, '--resource', 'user', '--fields', 'a:string', '--contract', contract];
    const { code, errors } = await run([...args, '--consumes', 'user.created'], { cwd: elsewhere });
    assert.equal(code, 1);
    assert.match(errors.join('\n'), /"user" is a resource of both this service and the publishing service/);
  });

  it('names the contract that it cannot read', async () => {
    const folder = await newFolder();
    await mkdir(path.join(folder, 'odd-service'));
    await writeFile(path.join(folder, 'asyncapi.json'), '{"asyncapi":"2.6.0"}');
    const args = ['log', ...quick, '--no-resources', '--consumes', 'a.b', '--contract'];
    const { errors } = await run([...args, 'asyncapi.json'], { cwd: folder });
    assert.match(errors.join('\n'), /asyncapi\.json is not an AsyncAPI 3 document: asyncapi is "2\.6\.0"/);
    await writeFile(path.join(folder, 'asyncapi.json'), '{');
    assert.match((await run([...args, 'asyncapi.json'], { cwd: folder })).errors.join('\n'), /is not JSON/);
    await rm(path.join(folder, 'asyncapi.json'));
  });
});

describe('publishedEvents', () => {
  it('reads a document of another tool: references, escaped names, no version in the name', () => {
    const document = {
      asyncapi: '3.0.0',
      info: { title: 'billing' },
      channels: {
        'a/b': {
          address: 'invoice.events',
          messages: { paid: { $ref: '#/components/messages/paid~1message' } },
        },
      },
      operations: {
        sent: { action: 'send', channel: { $ref: '#/channels/a~1b' } },
        got: { action: 'receive', channel: { $ref: '#/channels/a~1b' } },
      },
      components: {
        messages: {
          'paid/message': { name: 'invoice.paid', payload: { $ref: '#/components/schemas/Invoice' } },
        },
        schemas: {
          Invoice: { type: 'object', properties: { amount: { $ref: '#/components/schemas/Amount' } } },
          Amount: { type: 'string', format: 'decimal' },
        },
      },
    };
    const [event, ...others] = publishedEvents(document, '/x/billing/asyncapi.json');
    assert.deepEqual(others, []);
    assert.deepEqual(event, {
      type: 'invoice.paid',
      version: 1,
      topic: 'invoice.events',
      aggregate: 'invoice',
      from: 'billing',
      schema: { type: 'object', properties: { amount: { type: 'string', format: 'decimal' } } },
      fields: [{ name: 'amount', type: 'decimal', unique: false, optional: true, index: false }],
    });
  });

  it('names the missing target of a reference', () => {
    const operations = { sent: { action: 'send', channel: { $ref: '#/channels/none' } } };
    assert.throws(
      () => publishedEvents({ asyncapi: '3.0.0', operations }, 'asyncapi.json'),
      /refers to #\/channels\/none, which it does not contain/,
    );
  });
});

const typeOf = (property: object) => fieldsOfSchema({ properties: { a: property }, required: ['a'] })[0];

describe('fieldsOfSchema', () => {
  it('derives the field type from type, format and bounds', () => {
    assert.equal(typeOf({ type: 'string', maxLength: 255 })?.type, 'string');
    assert.equal(typeOf({ type: 'string' })?.type, 'text');
    assert.equal(typeOf({ type: 'string', format: 'int64' })?.type, 'bigint');
    assert.equal(typeOf({ type: 'integer' })?.type, 'integer');
    assert.equal(typeOf({ type: 'integer', maximum: 2 ** 53 })?.type, 'json');
    assert.equal(typeOf({ type: 'number' })?.type, 'json');
    assert.equal(typeOf({ type: 'array' })?.type, 'json');
    assert.equal(typeOf({})?.type, 'json');
    assert.equal(typeOf({ not: { type: 'null' } })?.type, 'json');
  });

  it('marks fields as optional that can be null or absent', () => {
    assert.equal(typeOf({ type: 'boolean' })?.optional, false);
    assert.equal(typeOf({ type: ['boolean', 'null'] })?.optional, true);
    const nullable = typeOf({ anyOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] });
    assert.deepEqual([nullable?.type, nullable?.optional], ['uuid', true]);
    assert.equal(fieldsOfSchema({ properties: { a: { type: 'boolean' } } })[0]?.optional, true);
  });

  it('leaves out properties that cannot be columns', () => {
    const properties = { id: {}, createdAt: {}, 'first-name': {}, order: {}, ok: { type: 'boolean' } };
    assert.deepEqual(
      fieldsOfSchema({ properties }).map(({ name }) => name),
      ['ok'],
    );
  });
});
