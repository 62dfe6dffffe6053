import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { connectDatabase, NotFoundError } from 'microservice-runtime';
import { apiRouter, ifMatch } from 'microservice-runtime/http';
import joi from 'joi';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { startApp, type StartedApp } from './start-app.ts';

interface Note {
  id: string;
  text: string;
}

const params = joi.object<{ id: string }>({ id: joi.string().uuid().required() });
const body = joi.object<{ text: string }>({ text: joi.string().required() });
const note = joi.object<Note>({ id: joi.string().required(), text: joi.string().required() }).label('Note');

/** A router as the generator writes it, its service and its SQL. */
function createNoteRouter(database: Knex) {
  const router = apiRouter({ path: '/notes', tag: 'Notes' });
  const absent = (id: string): never => {
    throw new NotFoundError(`There is no note ${id}`);
  };
  const lock = async (id: string, trx: Knex): Promise<Note> =>
    (await trx('notes').where({ id }).forUpdate().first('id', 'text')) ?? absent(id);

  router.get(
    '/:id',
    { summary: 'Get a note', params, responses: { 200: note }, errors: [404], etag: true },
    async (req, res) => {
      const found: Note | undefined = await database('notes')
        .where({ id: req.params.id })
        .first('id', 'text');
      res.json(found ?? absent(req.params.id));
    },
  );
  router.post(
    '/',
    { summary: 'Make a note', body, responses: { 201: note }, etag: true },
    async (req, res) => {
      const [made]: Note[] = await database('notes').insert(req.body).returning(['id', 'text']);
      res.status(201).json(made);
    },
  );
  router.patch(
    '/:id',
    { summary: 'Change a note', params, body, responses: { 200: note }, errors: [404], etag: true },
    async (req, res) => {
      const precondition = ifMatch(req);
      const changed = await database.transaction(async (trx) => {
        if (precondition) precondition(await lock(req.params.id, trx));
        const [row]: Note[] = await trx('notes')
          .where({ id: req.params.id })
          .update(req.body)
          .returning(['id', 'text']);
        return row ?? absent(req.params.id);
      });
      res.json(changed);
    },
  );
  router.delete(
    '/:id',
    { summary: 'Delete a note', params, responses: { 204: null }, errors: [404], etag: true },
    async (req, res) => {
      const precondition = ifMatch(req);
      await database.transaction(async (trx) => {
        if (precondition) precondition(await lock(req.params.id, trx));
        if ((await trx('notes').where({ id: req.params.id }).delete()) === 0) absent(req.params.id);
      });
      res.status(204).end();
    },
  );
  return router;
}

describe('a route with entity tags', () => {
  let home: TestDatabase;
  let database: Knex;
  let started: StartedApp;

  before(async () => {
    home = await createDatabase();
    database = connectDatabase({ serviceName: 'note-service', databaseUrl: home.url, databasePoolMax: 10 });
    await database.schema.createTable('notes', (table) => {
      table.uuid('id').primary().defaultTo(database.fn.uuid());
      table.text('text').notNullable();
    });
    started = await startApp({ database, routers: [createNoteRouter(database)] });
  });

  after(async () => {
    await started.server.stop();
    await database.destroy();
    await home.drop();
  });

  const request = (method: string, path: string, headers: Record<string, string> = {}, sent?: unknown) =>
    started.request(`/notes${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
  const create = async () => {
    const response = await request('POST', '', {}, { text: 'first' });
    const { id } = (await response.json()) as Note;
    return { id, tag: response.headers.get('etag') ?? '' };
  };
  const patch = (id: string, condition: string | undefined, text = 'next') =>
    request('PATCH', `/${id}`, condition === undefined ? {} : { 'if-match': condition }, { text });

  it('sends a strong tag for each representation, the same with every method', async () => {
    const { id, tag } = await create();
    assert.match(tag, /^"[\w-]{27}"$/);
    assert.equal((await request('GET', `/${id}`)).headers.get('etag'), tag);
    assert.equal((await request('HEAD', `/${id}`)).headers.get('etag'), tag);
    const changed = await patch(id, undefined);
    assert.notEqual(changed.headers.get('etag'), tag);
    assert.equal((await request('GET', `/${id}`)).headers.get('etag'), changed.headers.get('etag'));
    assert.equal((await patch(id, undefined, 'first')).headers.get('etag'), tag);
    assert.equal((await started.request('/nowhere')).headers.get('etag'), null);
  });

  it('lets exactly one of many concurrent changes with the same tag succeed', async () => {
    const { id, tag } = await create();
    const texts = Array.from({ length: 8 }, (_, index) => `change ${index}`);
    const answers = await Promise.all(texts.map((text) => patch(id, tag, text)));
    const statuses = answers.map(({ status }) => status);
    assert.deepEqual(
      statuses.toSorted((a, b) => a - b),
      [200, ...Array.from({ length: 7 }, () => 412)],
    );
    const winner = texts[statuses.indexOf(200)];
    const { text } = (await (await request('GET', `/${id}`)).json()) as Note;
    assert.equal(text, winner);
  });

  it('answers 412 with a problem when the tag names another representation, and changes and deletes nothing', async () => {
    const { id } = await create();
    for (const condition of ['"other"', '"one", "two"', '""']) {
      const response = await patch(id, condition);
      assert.equal(response.status, 412);
      assert.equal(response.headers.get('content-type'), 'application/problem+json');
      assert.equal((await request('DELETE', `/${id}`, { 'if-match': condition })).status, 412);
    }
    const { text } = (await (await request('GET', `/${id}`)).json()) as Note;
    assert.equal(text, 'first');
  });

  it('accepts a list of tags and "*"; a weak tag never matches', async () => {
    const { id, tag } = await create();
    assert.equal((await patch(id, `"other" , ${tag}`, 'first')).status, 200);
    assert.equal((await patch(id, ` ,, ${tag},`, 'first')).status, 200);
    assert.equal((await patch(id, `W/${tag}`)).status, 412);
    assert.equal((await patch(id, '*', 'first')).status, 200);
    assert.equal((await request('DELETE', `/${id}`, { 'if-match': tag })).status, 204);
  });

  it('answers 404 before 412, as without the condition (RFC 9110, section 13.2.1)', async () => {
    const { id } = await create();
    await request('DELETE', `/${id}`);
    for (const condition of ['*', '"other"'])
      assert.equal((await patch(id, condition)).status, 404, condition);
  });

  it('answers 400 to a header that is not a list of tags', async () => {
    const { id, tag } = await create();
    for (const condition of [
      'abc',
      tag.slice(1),
      `${tag} ${tag}`,
      'w/"a"',
      '"a", *',
      '"a" "b"',
      ',',
      `"a"${', '.repeat(5_000)}x`,
    ]) {
      const response = await patch(id, condition);
      assert.equal(response.status, 400, condition);
      assert.match(await response.text(), /headers\.if-match/);
    }
  });

  it('matches no other text, and never fails', async () => {
    const { id, tag } = await create();
    const printable = fc.stringMatching(/^[W/"*,ab \t]{0,12}$/);
    await fc.assert(
      fc.asyncProperty(printable, async (condition) => {
        fc.pre(!condition.trim().includes('*') && condition.trim() !== '');
        const { status } = await patch(id, condition);
        assert.ok(status === 400 || status === 412, `${status} for ${condition}`);
      }),
      { numRuns: 60 },
    );
    assert.equal((await request('GET', `/${id}`)).headers.get('etag'), tag);
  });

  it('answers 304 without a body to a GET that names the tag', async () => {
    const { id, tag } = await create();
    for (const condition of [tag, `W/${tag}`, `"a", ${tag}`, '*']) {
      const response = await request('GET', `/${id}`, { 'if-none-match': condition });
      assert.equal(response.status, 304, condition);
      assert.equal(response.headers.get('etag'), tag);
      assert.equal(await response.text(), '');
    }
    assert.equal((await request('GET', `/${id}`, { 'if-none-match': '"other"' })).status, 200);
  });

  it('documents the headers and statuses in OpenAPI', async () => {
    const { paths } = (await (await started.request('/openapi.json')).json()) as {
      paths: Record<string, Record<string, Record<string, unknown>>>;
    };
    const operation = (method: string, path = '/notes/{id}') => {
      const { parameters = [], responses = {} } = paths[path]?.[method] ?? {};
      const known = responses as Record<string, { headers?: object }>;
      return {
        parameters: (parameters as { name: string; in: string }[])
          .filter((each) => each.in === 'header')
          .map(({ name }) => name),
        statuses: Object.keys(known).filter((status) => ['304', '412'].includes(status)),
        tagged: Object.keys(known).filter(
          (status) => known[status]?.headers && 'ETag' in known[status].headers,
        ),
      };
    };
    assert.deepEqual(operation('get'), {
      parameters: ['If-None-Match'],
      statuses: ['304'],
      tagged: ['200', '304'],
    });
    assert.deepEqual(operation('patch'), { parameters: ['If-Match'], statuses: ['412'], tagged: ['200'] });
    assert.deepEqual(operation('delete'), { parameters: ['If-Match'], statuses: ['412'], tagged: [] });
    assert.deepEqual(operation('post', '/notes'), { parameters: [], statuses: [], tagged: ['201'] });
  });
});
