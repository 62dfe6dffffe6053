import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import joi from 'joi';
import knex from 'knex';
import {
  bigintString,
  dateString,
  decimalString,
  jsonValue,
  timestampString,
  uuidString,
} from 'microservice-runtime';
import { apiRouter } from 'microservice-runtime/http';
import { startApp, type StartedApp } from './start-app.ts';
import { createUserRouter } from './user-router.ts';

const redocly = join(import.meta.dirname, '../../../node_modules/.bin/redocly');

interface Document {
  openapi: string;
  security: unknown[];
  paths: Record<string, Record<string, Record<string, object>>>;
  components: { schemas: Record<string, unknown>; securitySchemes?: unknown };
}

const read = async ({ request }: StartedApp) => (await (await request('/openapi.json')).json()) as Document;

const thing = (schema: joi.Schema) => joi.object({ size: schema.required() }).label('Thing');

describe('GET /openapi.json', () => {
  const database = knex({ client: 'pg' });
  let started: StartedApp;

  before(async () => {
    started = await startApp({ database, routers: [createUserRouter(database)] });
  });

  after(() => started.server.stop());

  it('passes redocly lint without a warning', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
    await writeFile(join(folder, 'openapi.json'), JSON.stringify(await read(started)));
    const { stderr } = await promisify(execFile)(redocly, ['lint', 'openapi.json', '--max-problems=20'], {
      cwd: folder,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    await rm(folder, { recursive: true });
    assert.match(stderr, /Your API description is valid/);
    assert.doesNotMatch(stderr, /You have \d+ warning/);
  }).timeout(60_000);

  it('describes an operation by the schemas that check it', async () => {
    const { paths, components, openapi } = await read(started);
    assert.match(openapi, /^3\.1/);
    assert.deepEqual(Object.keys(paths), ['/v1/users', '/v1/users/{id}']);
    const post = paths['/v1/users']?.['post'] ?? {};
    assert.equal(post['operationId'], 'createUser');
    assert.deepEqual(post['requestBody'], {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/NewUser' } } },
    });
    assert.deepEqual(Object.keys(post['responses'] ?? {}), ['201', '400', '409', '413', '415', 'default']);
    assert.deepEqual(paths['/v1/users']?.['get']?.['parameters'], [
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'How many at most',
        schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
      },
    ]);
    assert.deepEqual(components.schemas['NewUser'], {
      type: 'object',
      properties: {
        email: { type: 'string', minLength: 1, maxLength: 255, format: 'email' },
        displayName: { type: 'string', minLength: 1, maxLength: 255 },
        age: { type: ['integer', 'null'], minimum: 0, default: null },
      },
      required: ['displayName', 'email'],
      additionalProperties: false,
    });
  });

  it('keeps a schema with a label once and refers to it', async () => {
    const { components } = await read(started);
    assert.deepEqual(components.schemas['UserPage'], {
      type: 'object',
      properties: { items: { type: 'array', items: { $ref: '#/components/schemas/User' } } },
      required: ['items'],
      additionalProperties: false,
    });
    const unique = ['NewUser', 'Problem', 'User', 'UserChanges', 'UserPage'];
    assert.deepEqual(Object.keys(components.schemas).toSorted(), unique);
  });

  // openapi-generator 7.17; test/clients runs the clients that it generates.
  it('describes fields in a form that generators of clients understand', async () => {
    const fields = joi.object({
      at: timestampString(),
      day: dateString().allow(null),
      price: decimalString(5, 2).required(),
      count: bigintString(),
      id: uuidString(),
      meta: jsonValue(),
      needed: jsonValue().invalid(null).description('Anything'),
      list: joi.array().items(timestampString()),
    });
    const router = apiRouter({ path: '/v1/fields', tag: 'Fields' });
    const route = { summary: 'Send', body: fields.label('Fields'), responses: { 204: null } };
    router.post('/', route, (_req, res) => res.status(204).end());
    const own = await startApp({ database, routers: [router] });
    const { components } = await read(own);
    await own.server.stop();
    const { properties } = components.schemas['Fields'] as { properties: object };
    assert.deepEqual(properties, {
      at: { type: 'string', format: 'date-time' },
      day: { type: ['string', 'null'], format: 'date' },
      price: { type: 'string', minLength: 1, pattern: '^-?(0|[1-9]\\d{0,2})(\\.\\d{1,2})?$' },
      count: { type: 'string', minLength: 1, pattern: '^(0|-?[1-9]\\d{0,18})$', format: 'int64' },
      id: { type: 'string', format: 'uuid' },
      meta: { allOf: [{}] },
      needed: { description: 'Anything', not: { type: 'null' }, allOf: [{}] },
      list: { type: 'array', items: { type: 'string', format: 'date-time' } },
    });
  });

  it('documents that callers need a token if the service authenticates', async () => {
    const guarded = await startApp({
      database,
      routers: [],
      app: { authenticate: (_req, _res, next) => next() },
    });
    const { security, components } = await read(guarded);
    assert.deepEqual(security, [{ bearer: [] }]);
    assert.deepEqual(components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer' } });
    await guarded.server.stop();
  });

  it('distinguishes request and response schemas if defaults make them differ', async () => {
    const router = apiRouter({ path: '/things', tag: 'Things' });
    const schema = joi.object({ size: joi.number().default(1) }).label('Thing');
    router.post('/', { summary: 'Make a thing', body: schema, responses: { 201: schema } }, () => undefined);
    const other = await startApp({ database, routers: [router] });
    const { schemas } = (await read(other)).components;
    assert.deepEqual(Object.keys(schemas), ['Problem', 'Thing', 'ThingInput']);
    await other.server.stop();
  });

  it('gives every operation an id of its own', async () => {
    const router = apiRouter({ path: '/things', tag: 'Things' });
    for (const path of ['/a', '/b/:id'])
      router.get(path, { summary: 'Get it', responses: { 200: null } }, () => undefined);
    const other = await startApp({ database, routers: [router] });
    const { paths } = await read(other);
    const ids = Object.values(paths).map((path) => path['get']?.['operationId']);
    assert.deepEqual(ids, ['getIt', 'getThingsBId']);
    await other.server.stop();
  });

  it('refuses two different schemas with one label when the app is created', async () => {
    const router = apiRouter({ path: '/things', tag: 'Things' });
    router.get('/a', { summary: 'A', responses: { 200: thing(joi.number()) } }, () => undefined);
    router.get('/b', { summary: 'B', responses: { 200: thing(joi.string()) } }, () => undefined);
    await assert.rejects(
      startApp({ database, routers: [router] }),
      /Two different schemas have the label "Thing"/,
    );
  });

  describe('GET /docs', () => {
    it('is a page that loads only its own files, and works under its own security policy', async () => {
      const { request } = started;
      const response = await request('/docs');
      const html = await response.text();
      assert.match(response.headers.get('content-type') ?? '', /text\/html/);
      assert.doesNotMatch(html, /https?:|<script>|style=|onload/);
      const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
      assert.deepEqual(files, ['docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/initializer.js']);
      for (const file of files) {
        const answer = await request(`/${file}`);
        assert.equal(answer.status, 200, file);
        assert.ok((await answer.text()).length > 50, file);
      }
      const policy = response.headers.get('content-security-policy') ?? '';
      assert.match(policy, /script-src 'self';/);
      assert.doesNotMatch(policy, /upgrade-insecure-requests/);
    });

    it('serves no other file of the package', async () => {
      assert.equal((await started.request('/docs/package.json')).status, 404);
      assert.equal((await started.request('/docs/..%2fpackage.json')).status, 404);
    });
  });
});
