import assert from 'node:assert/strict';
import { connectDatabase } from 'microservice-runtime';
import { apiRouter } from 'microservice-runtime/http';
import { startApp, type StartedApp } from './start-app.ts';

const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';

describe('the security headers', () => {
  const database = connectDatabase({ serviceName: 'users', databaseUrl, databasePoolMax: 1 });
  let started: StartedApp;

  before(async () => {
    const router = apiRouter({ path: '/own', tag: 'Own' });
    const route = { summary: 'Answer', responses: { 204: null } };
    router.get('/headers', route, (_req, res) => {
      res.removeHeader('X-Frame-Options');
      res.setHeader('Content-Security-Policy', "default-src 'none'");
      res.appendHeader('Referrer-Policy', 'origin');
      res.status(204).end();
    });
    router.get('/nothing', route, (_req, res) => void res.status(204).end());
    started = await startApp({ database, routers: [router] });
  });
  after(async () => {
    await started.server.stop();
    await database.destroy();
  });

  const headersOf = async (path: string) => {
    const { headers } = await started.request(path);
    const names = ['x-frame-options', 'content-security-policy', 'referrer-policy'];
    return names.map((name) => headers.get(name));
  };

  it('belong to one answer, so a handler can remove, replace and extend them', async () => {
    const before = await headersOf('/own/nothing');
    assert.deepEqual([before[0], before[2]], ['SAMEORIGIN', 'no-referrer']);
    assert.deepEqual(await headersOf('/own/headers'), [null, "default-src 'none'", 'no-referrer, origin']);
    assert.deepEqual(await headersOf('/own/nothing'), before);
  });

  it('keep the headers that an answer already has', async () => {
    started.app.state.drain();
    const { headers } = await started.request('/own/nothing');
    assert.equal(headers.get('connection'), 'close');
    assert.equal(headers.get('x-frame-options'), 'SAMEORIGIN');
  });
});
