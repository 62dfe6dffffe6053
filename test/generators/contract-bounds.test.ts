import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { publishedEvents } from '../../generators/service/contracts/contract-files.ts';
import { fieldsOfSchema } from '../../generators/service/contracts/schema-fields.ts';
import { UsageError } from '../../generators/core/usage-error.ts';
import { newFolder, quick, removeFolders, run } from './support/command.ts';

type Json = Record<string, unknown>;

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A contract with one event, whose payload is the schema `S0`. */
const contractOf = (schemas: Json, payload: unknown = reference('S0')): Json => ({
  asyncapi: '3.0.0',
  info: { title: 'billing-service' },
  channels: { c: { address: 'invoice.events', messages: { m: { name: 'invoice.paid.v1', payload } } } },
  operations: { o: { action: 'send', channel: { $ref: '#/channels/c' } } },
  components: { schemas },
});

const schemaOf = (document: Json) => publishedEvents(document, 'asyncapi.json')[0]?.schema;

/** `S0` holds `S1` twice, `S1` holds `S2` twice, and so on. */
const doubling = (levels: number): Json =>
  Object.fromEntries(
    Array.from({ length: levels }, (_, level) => [
      `S${level}`,
      level === levels - 1
        ? { type: 'string' }
        : { type: 'object', properties: { a: reference(`S${level + 1}`), b: reference(`S${level + 1}`) } },
    ]),
  );

const nested = (levels: number): unknown =>
  JSON.parse(`${'{"type":"array","items":'.repeat(levels)}{}${'}'.repeat(levels)}`) as unknown;

/** Schemas that refer to each other at random, themselves included. */
const graphs = fc
  .integer({ min: 1, max: 6 })
  .chain((size) =>
    fc.array(fc.array(fc.nat({ max: size - 1 }), { maxLength: 3 }), { minLength: size, maxLength: size }),
  );

const schemasOf = (graph: number[][]): Json =>
  Object.fromEntries(
    graph.map((targets, index) => [
      `S${index}`,
      {
        title: `S${index}`,
        properties: Object.fromEntries(targets.map((target, at) => [`p${at}`, reference(`S${target}`)])),
      },
    ]),
  );

/** The expansion of a graph by definition: open at a schema that would contain itself. */
function expanded(graph: number[][], index: number, within: number[] = []): Json {
  if (within.includes(index)) return {};
  const properties = (graph[index] ?? []).map((target, at) => [
    `p${at}`,
    expanded(graph, target, [...within, index]),
  ]);
  return { title: `S${index}`, properties: Object.fromEntries(properties) as Json };
}

const refusal = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UsageError, String(error));
  assert.match(error.message, pattern);
  assert.doesNotMatch(error.message, /\n/);
  return true;
};

describe('the schemas of a contract', () => {
  it('are expanded along their references, and left open if one contains itself', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        assert.deepEqual(schemaOf(contractOf(schemasOf(graph))), expanded(graph, 0));
      }),
      { numRuns: 200 },
    );
  });

  it('are refused with the file and the pointer if references make them too large', () => {
    assert.equal(JSON.stringify(schemaOf(contractOf(doubling(8)))).match(/"string"/g)?.length, 2 ** 7);
    assert.throws(
      () => schemaOf(contractOf(doubling(40))),
      refusal(/^the contract asyncapi\.json: #\/components\/schemas\/S\d+ .*too large/),
    );
  });

  it('are refused in bounded time, however they refer to each other', () => {
    const dense = Array.from({ length: 30 }, () => Array.from({ length: 30 }, (_, target) => target));
    assert.throws(() => schemaOf(contractOf(schemasOf(dense))), refusal(/asyncapi\.json/));
    const long = contractOf({
      S0: { properties: { a: { description: 'x'.repeat(1000) } } },
      ...doubling(20),
    });
    assert.throws(() => schemaOf(long), refusal(/too large/));
  });

  it('are read in time proportional to the contract if references lead to further references', () => {
    const links = 20_000;
    const schemas = Object.fromEntries(
      Array.from({ length: links }, (_, link) => [
        `S${link}`,
        link === links - 1 ? { type: 'string' } : reference(`S${link + 1}`),
      ]),
    );
    const properties = Object.fromEntries(Object.keys(schemas).map((name) => [name, reference(name)]));
    const schema = schemaOf(contractOf(schemas, { type: 'object', properties }));
    assert.deepEqual((schema as { properties: Json }).properties['S0'], { type: 'string' });
  }).timeout(30_000);

  it('are text if their format is named like a member of every object', () => {
    const [event] = publishedEvents(
      contractOf({ S0: { properties: { a: { type: 'string', format: 'constructor' } }, required: ['a'] } }),
      'asyncapi.json',
    );
    assert.equal(fieldsOfSchema(event?.schema ?? {})[0]?.type, 'text');
  });

  it('are refused if they are nested too deeply', () => {
    assert.throws(() => schemaOf(contractOf({ S0: nested(20_000) })), refusal(/#\/components.*levels deep/));
    const chain = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [`S${at}`, { items: reference(`S${at + 1}`) }]),
    );
    assert.throws(() => schemaOf(contractOf({ ...chain, S2000: {} })), refusal(/levels deep/));
  });

  it('are refused if a reference leads to itself or cannot be read', () => {
    assert.throws(
      () => schemaOf(contractOf({ S0: reference('S0') })),
      refusal(/asyncapi\.json: #\/components\/schemas\/S0 .*itself/),
    );
    const round = { S0: reference('S1'), S1: reference('S0') };
    assert.throws(() => schemaOf(contractOf(round)), refusal(/itself/));
    assert.throws(() => schemaOf(contractOf({ S0: { $ref: '#/%E0%A4%A' } })), refusal(/%E0%A4%A/));
    assert.throws(() => schemaOf(contractOf({ S0: { $ref: '#/__proto__' } })), refusal(/does not contain/));
  });

  it('give fields or are refused in one line, for any JSON', () => {
    const values = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(null), fc.constant(true));
    const keywords = ['type', 'format', 'properties', 'required', 'anyOf', 'oneOf', 'not', 'items', '$ref'];
    const schemas = fc.letrec<{ schema: unknown }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        values,
        fc.dictionary(
          fc.constantFrom(...keywords),
          fc.oneof(tie('schema'), fc.array(tie('schema'), { maxLength: 2 })),
          { maxKeys: 3 },
        ),
      ),
    })).schema;
    fc.assert(
      fc.property(schemas, fc.dictionary(fc.constantFrom('a', 'b'), schemas), (payload, properties) => {
        for (const schema of [payload, { type: 'object', properties }]) {
          try {
            publishedEvents(contractOf({ S0: {} }, schema), 'asyncapi.json');
          } catch (error) {
            refusal(/asyncapi\.json/)(error);
          }
        }
      }),
      { numRuns: 200 },
    );
    const names = fieldsOfSchema({ properties: { a: null, b: true, c: { anyOf: [null] } }, required: null });
    assert.deepEqual(
      names.map(({ name, type }) => [name, type]),
      [
        ['a', 'json'],
        ['b', 'json'],
        ['c', 'json'],
      ],
    );
  });
});

describe('create-microservice --contract', function () {
  after(removeFolders);

  const consume = async (text: string) => {
    const cwd = await newFolder();
    await writeFile(path.join(cwd, 'asyncapi.json'), text);
    const args = ['mail', ...quick, '--no-resources', '--contract', 'asyncapi.json'];
    const env = { NODE_OPTIONS: '--max-old-space-size=200' };
    return run([...args, '--consumes', 'invoice.paid'], { cwd, env });
  };

  for (const [hostile, text] of Object.entries({
    'doubling references': JSON.stringify(contractOf(doubling(40))),
    'larger than a contract is': ' '.repeat(5 * 2 ** 20),
  })) {
    it(`answers a contract with one line and no stack: ${hostile}`, async () => {
      const { code, errors } = await consume(text);
      assert.equal(code, 1);
      assert.equal(errors.length, 1, errors.slice(0, 3).join('\n'));
      assert.match(errors[0] ?? '', /^create-microservice: /);
    });
  }

  it('reads the contracts in .yo-rc.json within the same bounds', async () => {
    const cwd = await newFolder();
    const contract = JSON.stringify(contractOf({ S0: { properties: { total: { type: 'integer' } } } }));
    await writeFile(path.join(cwd, 'asyncapi.json'), contract);
    const args = ['mail', ...quick, '--no-resources', '--contract', 'asyncapi.json'];
    await run([...args, '--consumes', 'invoice.paid'], { cwd });
    const folder = path.join(cwd, 'mail-service');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, '.yo-rc.json');
    const text = await readFile(file, 'utf8');
    const deep = text.replace('"type":"integer"', `"not":${'['.repeat(9_000)}${']'.repeat(9_000)}`);
    assert.notEqual(deep, text);
    await writeFile(file, deep);
    const { code, errors } = await run([], { cwd: folder });
    assert.equal(code, 1);
    assert.equal(errors.length, 1, errors.slice(0, 3).join('\n'));
    assert.match(errors[0] ?? '', /\.yo-rc\.json is nested more than \d+ levels deep/);
  });
});
