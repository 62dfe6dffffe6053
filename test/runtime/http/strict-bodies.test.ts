import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { connectDatabase } from 'microservice-runtime';
import { createNoteRouter } from './note-router.ts';
import { startApp, type StartedApp } from './start-app.ts';

interface Problem {
  errors: { field: string }[];
}

describe('types in a body', () => {
  let database: Knex;
  let started: StartedApp;

  before(async () => {
    const databaseUrl = 'postgres://nobody@127.0.0.1:9/none';
    database = connectDatabase({ serviceName: 'note-service', databaseUrl, databasePoolMax: 1 });
    started = await startApp({ database, routers: [createNoteRouter()], logLevel: 'silent' });
  });

  after(async () => {
    await started.server.stop();
    await database.destroy();
  });

  const post = async (body: unknown) => {
    const response = await started.send('POST', '/v1/notes', body);
    return { status: response.status, body: await response.json() };
  };

  // JSON Schema draft 2020-12, which OpenAPI 3.1 uses: "true" is a string.
  for (const [body, field] of [
    [{ isOpen: 'true' }, 'body.isOpen'],
    [{ count: '1' }, 'body.count'],
    [{ tags: [{ weight: 1 }, { weight: ' 2 ' }] }, 'body.tags.1.weight'],
    [{ at: 0 }, 'body.at'],
  ] as const) {
    it(`are not coerced: ${JSON.stringify(body)}`, async () => {
      const answer = await post(body);
      assert.equal(answer.status, 400);
      assert.deepEqual(
        (answer.body as Problem).errors.map((error) => error.field),
        [field],
      );
    });
  }

  it('are kept if several are possible', async () => {
    assert.deepEqual((await post({ either: '5' })).body, { either: '5' });
    assert.deepEqual((await post({ either: 5 })).body, { either: 5 });
  });

  it('are converted in a text if its schema says so', async () => {
    const sent = { trimmed: ' a ', at: '2026-01-31T12:00:00+01:00' };
    assert.deepEqual((await post(sent)).body, { trimmed: 'a', at: '2026-01-31T11:00:00.000Z' });
  });

  it('are coerced in the path and in the query, which are always text', async () => {
    const response = await started.request('/v1/notes/7?count=1&isOpen=true&text=5');
    assert.deepEqual(await response.json(), { count: 1, isOpen: true, text: '5', id: 7 });
  });
});
