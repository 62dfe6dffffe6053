import assert from 'node:assert/strict';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { bundledCommand, quick, run as runCommand, succeed } from '../generators/support/command.ts';

const modules = path.resolve(import.meta.dirname, '../../node_modules');

/** Texts that would end a comment, a string or a template, in every place of a document. */
const hostile = '*/ process.exit(1); /* ` ${process.exit(1)} \' " \\ \u2028 //';

const rate = { $ref: '#/components/schemas/Rate' };
const ok = (schema: object) => ({
  200: { description: hostile, content: { 'application/json': { schema } } },
});
const document = {
  openapi: '3.1.0',
  info: { title: hostile, version: '1', description: hostile },
  servers: [{ url: 'https://api.example.com/v1' }],
  paths: {
    '/rates/{country}': {
      parameters: [{ name: 'country', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'getRate',
        summary: hostile,
        parameters: [
          { name: 'kind', in: 'query', required: true, schema: { enum: [hostile, 'reduced'] } },
          { name: 'at', in: 'query', description: hostile, schema: { type: 'string', format: 'date' } },
        ],
        responses: { ...ok(rate), default: { description: 'a problem' } },
      },
    },
    '/invoices': {
      post: {
        operationId: `create ${hostile}`,
        requestBody: { required: true, content: { 'application/json': { schema: rate } } },
        responses: { 201: { description: 'created' } },
      },
      get: { operationId: 'getRate', responses: ok({ type: 'array', items: rate }) },
    },
    '/report.csv': { get: { responses: { 200: { description: 'ok', content: { 'text/csv': {} } } } } },
  },
  components: {
    schemas: {
      Rate: {
        type: 'object',
        required: ['rate', 'kind'],
        properties: {
          rate: { type: 'number', description: hostile },
          kind: { type: 'string', enum: ['full', hostile], default: 'full' },
          next: rate,
          [hostile]: { type: ['string', 'null'] },
        },
      },
    },
  },
};
const newer = {
  ...document,
  paths: { ...document.paths, '/rates': { get: { operationId: 'listRates', responses: ok(rate) } } },
};

describe('a service with a client from an OpenAPI document', function () {
  this.timeout(900_000);
  let folder: string;
  let service: string;

  before(async () => {
    folder = await temporaryFolder('openapi');
    service = path.join(folder, 'order-service');
    await bundledCommand();
    await succeed(folder, 'order', ...quick, '--resource', 'order', '--fields', 'code:string');
    await symlink(modules, path.join(service, 'node_modules'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const generate = async (content: object) => {
    await writeFile(path.join(folder, 'tax.json'), JSON.stringify(content));
    return succeed(service, 'client', 'tax', '--openapi', '../tax.json');
  };
  const read = (file: string) => readFile(path.join(service, file), 'utf8');
  const program = (name: string, ...args: string[]) =>
    execute(path.join(modules, '.bin', name), args, { cwd: service });
  const check = async () => {
    await program('tsc', '--noEmit');
    await program('oxlint', '--type-aware', '--deny-warnings');
    await program('prettier', '--check', '.');
    await program('mocha', 'test/tax-client.test.ts');
  };

  it('compiles, is formatted and lint-free, and passes its test, with any texts in the document', async () => {
    await generate(document);
    const text = await read('src/clients/tax-client.ts');
    for (const line of [
      "getRate: api.get('/rates/{country}'),",
      "createProcessExit1ProcessExit1: api.post('/invoices'),",
      "getRate2: api.get('/invoices'),",
    ])
      assert.ok(text.includes(line), text);
    await check();
  });

  it('keeps the types in another command, and gets those of a newer document', async () => {
    const before = await read('src/clients/tax-api.ts');
    await succeed(service, 'command', 'purge');
    assert.equal(await read('src/clients/tax-api.ts'), before);
    const client = path.join(service, 'src/clients/tax-client.ts');
    await writeFile(
      client,
      (await read('src/clients/tax-client.ts')).replace('return {', 'return {\n    http: api.http,'),
    );
    await generate(newer);
    const text = await read('src/clients/tax-client.ts');
    assert.ok(text.includes("listRates: api.get('/rates'),") && text.includes('http: api.http,'), text);
    await check();
  });

  it('shows the last line of npm if the registry cannot be reached, and writes nothing', async () => {
    const before = await read('src/app.ts');
    const env = { npm_config_registry: 'http://127.0.0.1:9', npm_config_cache: path.join(folder, 'cache') };
    const { code, errors } = await runCommand(['client', 'fx', '--openapi', '../tax.json'], {
      cwd: service,
      env,
    });
    assert.equal(code, 1);
    assert.match(
      errors.join('\n'),
      /npm could not install openapi-typescript@[\d.]+ and typescript@5[\d.]+: npm error .*; connect to the registry, and run the command again$/,
    );
    assert.equal(await read('src/app.ts'), before);
  });

  it('is removed with its types', async () => {
    await succeed(service, 'remove', 'client', 'tax', '--force');
    await assert.rejects(read('src/clients/tax-api.ts'), /ENOENT/);
  });
});
