import assert from 'node:assert/strict';
import { connectDatabase } from 'microservice-runtime';
import { apiRouter } from 'microservice-runtime/http';
import { startApp, type StartedApp } from '../http/start-app.ts';
import { createUpstream, status } from './upstream.ts';

const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';

describe('a route that calls a failing API', () => {
  const database = connectDatabase({ serviceName: 'users', databaseUrl, databasePoolMax: 1 });
  const { client, upstream, callTimes, clock } = createUpstream();
  let started: StartedApp;
  before(async () => {
    const router = apiRouter({ path: '/v1/rates', tag: 'rates' });
    router.get('/', { summary: 'List rates', responses: { 200: null } }, async (_req, res) => {
      res.json((await client.get('/rates')).body);
    });
    started = await startApp({ database, routers: [router] });
  });
  after(async () => {
    await started.server.stop();
    await database.destroy();
  });
  const answer = async () => {
    const response = await started.request('/v1/rates');
    const body = (await response.json()) as { detail?: string };
    return { status: response.status, retryAfter: response.headers.get('retry-after'), detail: body.detail };
  };

  it('answers 503 with the Retry-After of the API, then with the time of the next probe', async () => {
    upstream.answer = status(503, { 'retry-after': '7' });
    assert.deepEqual(await answer(), {
      status: 503,
      retryAfter: '7',
      detail: 'tax is not available at the moment',
    });
    await callTimes(4);
    await clock.advance(20_000);
    const open = await answer();
    assert.deepEqual([open.status, open.retryAfter], [503, '40']);
    assert.match(open.detail ?? '', /^tax is failing, so it is not called for 40 s$/);
  });

  it('answers 500 without a detail to an answer of the API that is not an outage', async () => {
    await clock.advance(60_000);
    upstream.answer = status(404);
    assert.deepEqual(await answer(), { status: 500, retryAfter: null, detail: undefined });
  });
});
