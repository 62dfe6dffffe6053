import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withRememberedTypes } from '../../generators/service/clients/remembered-types.ts';
import { typesText } from '../../generators/service/clients/types.ts';
import { client } from '../../generators/service/commands/client.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { fromStored, toStored } from '../../generators/service/stored/stored-answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';

/** As openapi-typescript writes it; openapi.ci.ts runs the real one. */
const types = `export interface paths { "/rates/{country}": { get: operations["getRate"] } }
export interface operations { getRate: { parameters: { path: { country: string } } } }
`;

const ok = { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Rate' } } } } };
const document = {
  openapi: '3.1.0',
  servers: [
    { url: '/v1' },
    { url: 'https://{zone}.example.com/v1/', variables: { zone: { default: 'eu' } } },
  ],
  paths: {
    '/rates/{country}': {
      parameters: [{ name: 'country', in: 'path', required: true, schema: { type: 'string' } }],
      get: { operationId: 'getRate', responses: ok },
    },
  },
  components: {
    schemas: { Rate: { type: 'object', required: ['rate'], properties: { rate: { type: 'number' } } } },
  },
};
const operation = (operationId?: string, more: object = {}) => ({ operationId, responses: ok, ...more });

describe('client --openapi', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), 'openapi-client-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  async function change(
    content: object | string,
    { flags = {}, before = serviceAnswers({}), output = types } = {},
  ) {
    const file = path.join(folder, 'tax.json');
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    const notes: string[] = [];
    const convertOpenApi = async () => output;
    const context = {
      siblings: [],
      contractFiles: [],
      notes,
      publishedEvents: async () => [],
      convertOpenApi,
    };
    const given = Object.entries({ openapi: file, ...flags }).map(([flag, value]) => ({ flag, value }));
    const answers = await client.change(before, { words: ['tax'], given, yes: true, context });
    return { answers, notes, client: answers.clients[0] ?? assert.fail() };
  }
  const namesOf = async (paths: object) =>
    (await change({ ...document, paths })).client.operations?.map(({ name }) => name);

  it('adds the types and one function per operation, with the first absolute address of the document', async () => {
    const { answers, client: added } = await change(document);
    assert.equal(added.url, 'https://eu.example.com/v1');
    const files = await serviceFiles(answers);
    assert.match(files.get('src/clients/tax-api.ts') ?? '', /get: operations\['getRate'\]/);
    assert.match(
      files.get('src/clients/tax-client.ts') ?? '',
      / {4}getRate: api\.get\('\/rates\/\{country\}'\),\n/,
    );
    assert.match(
      files.get('test/tax-client.test.ts') ?? '',
      /api\.getRate\(\{ path: \{ country: 'text' \} \}\);[^]*deepEqual\(answer, \{ rate: 1 \}\)/,
    );
    assert.match(files.get('test/fake-tax.ts') ?? '', /'GET \/rates\/:country': \{ status: 200, body: /);
  });

  it('reads YAML, and prefers --url', async () => {
    const yaml = 'openapi: 3.0.3\npaths:\n  /rates:\n    get: { responses: { 204: {} } }\n';
    const { client: added } = await change(yaml, { flags: { url: 'https://api.example.com' } });
    assert.equal(added.url, 'https://api.example.com');
    assert.deepEqual(added.example, { operation: 'getRates', input: {}, status: 204 });
  });

  it('is remembered without its types, which come from .yo-base, and removed without a trace', async () => {
    const { answers } = await change(document);
    const stored = JSON.parse(JSON.stringify(toStored(answers))) as Record<string, unknown>;
    const { clients = [] } = fromStored(stored);
    const [{ types: written, ...rest }] = answers.clients as [ServiceAnswers['clients'][0]];
    assert.deepEqual(clients, [rest]);
    await assert.rejects(
      withRememberedTypes(clients, folder),
      /\.yo-base\/src\/clients\/tax-api\.ts\.txt is missing; .*client tax -- --openapi <file>$/,
    );
    assert.ok(written);
    assert.deepEqual(client.parts?.without(answers, 'tax', {} as never).clients, []);
  });

  it('renews the types of a present client, and keeps its address', async () => {
    const { answers } = await change(document, { flags: { url: 'https://api.example.com' } });
    const newer = { ...document, paths: { ...document.paths, '/rates': { get: operation('listRates') } } };
    const { client: renewed } = await change(newer, { before: answers });
    assert.equal(renewed.url, 'https://api.example.com');
    assert.deepEqual(
      renewed.operations?.map(({ name }) => name),
      ['getRate', 'listRates'],
    );
  });

  it('names each function by its operationId, made a unique identifier, or by its method and path', async () => {
    const paths = {
      '/a': { get: operation('get-rate'), put: operation('getRate'), post: operation('2 "`*/ things') },
      '/b/{id}': { get: operation(), delete: operation('constructor'), patch: operation('__proto__') },
      '/c': { get: operation('日本'), delete: operation('then') },
    };
    assert.deepEqual(await namesOf(paths), [
      ...['getRate', 'getRate2', 'things'],
      ...['getBById', 'callConstructor', 'proto', 'getC', 'callThen'],
    ]);
  });

  it('names the operations without a function: another body than JSON, or a path that leaves the address', async () => {
    const body = { required: true, content: { 'multipart/form-data': { schema: { type: 'object' } } } };
    const paths = {
      ...document.paths,
      '/files': { post: operation('upload', { requestBody: body }) },
      '/a/../b': { get: operation() },
      "/'/`${x}": { get: operation() },
    };
    const { notes, client: added } = await change({ ...document, paths });
    assert.equal(added.operations?.length, 1);
    assert.match(notes.join('\n'), /POST \/files, GET \/a\/\.\.\/b, GET \/'\/`\$\{x\}\./);
  });

  for (const [title, content, message] of [
    ['another text', '{ "a": [', /is neither JSON nor YAML: .* Download the OpenAPI document again$/],
    ['Swagger 2', { swagger: '2.0', paths: {} }, /Swagger "2\.0"; convert it first: npx swagger2openapi/],
    [
      'OpenAPI 3.2',
      { openapi: '3.2.0', paths: {} },
      /not an OpenAPI 3\.0 or 3\.1 document: openapi is "3\.2\.0"/,
    ],
    ['a list', [], /not an OpenAPI 3\.0 or 3\.1 document: openapi is absent/],
    ['a document without paths', { openapi: '3.1.0' }, /has no paths, so there is nothing to call/],
    ['a document without operations', { ...document, paths: {} }, /has no operation that a client can call/],
    [
      'a document without an absolute address',
      { ...document, servers: [{ url: '/v1' }] },
      /no absolute address in servers; write npm init microservice client tax -- --openapi .* --url https/,
    ],
    [
      'a reference to an address',
      { ...document, components: { schemas: { A: { $ref: 'https://evil.example/a.json' } } } },
      /refers to "https:\/\/evil\.example\/a\.json", outside of the file; .*@redocly\/cli bundle/,
    ],
    ['a large document', `{"a":"${'x'.repeat(4 * 2 ** 20)}"}`, /is larger than 4 MiB; delete the paths/],
    ['repeated aliases', `a: &a [x]\n${'b: *a\n'.repeat(3)}`, /is neither JSON nor YAML/],
  ] as const)
    it(`refuses ${title}`, async () => assert.rejects(change(content), message));

  it('refuses a missing file', async () => {
    const flags = { openapi: path.join(folder, 'absent.json') };
    await assert.rejects(
      change(document, { flags }),
      /--openapi: the file .*absent\.json does not exist; download/,
    );
  });

  for (const code of [
    'export const x = 1;',
    'process.exit();',
    "import 'node:fs';",
    "'use strict';",
    'export default 1;',
    'export interface a { */',
  ])
    it(`refuses types with other code: ${code}`, async () => {
      await assert.rejects(typesText('tax', `${types}${code}\n`), /wrote other code than types/);
      await assert.rejects(typesText('tax', `${code}\n${types}`), /wrote other code than types/);
    });

  it('escapes characters of the document that an editor does not show', async () => {
    const text = await typesText('tax', `/** a\u202Eb\u2028c */\n${types}`);
    assert.ok(text.includes(String.raw`/** a\u202eb\u2028c */`), text);
  });

  it('refuses operations and examples in .yo-rc.json that no run has stored', () => {
    const url = 'https://api.example.com';
    const operations = [{ name: 'x', method: 'get', path: "/'" }];
    for (const [given, message] of [
      [{ operations: [{ ...operations[0], name: 'a(' }] }, /clients\[0\]\.operations/],
      [{ operations: [{ ...operations[0], method: 'trace' }] }, /clients\[0\]\.operations/],
      [{ operations: [{ ...operations[0], path: '//x' }] }, /clients\[0\]\.operations/],
      [{ operations, example: { operation: 'x' } }, /clients\[0\]\.example/],
      [{ operations, types: 'alert()' }, /clients\[0\]\.types/],
    ] as const)
      assert.throws(() => fromStored({ clients: [{ name: 'tax', url, ...given }] }), message);
  });
});
