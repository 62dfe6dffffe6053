import assert from 'node:assert/strict';
import joi from 'joi';
import knex from 'knex';
import { apiRouter } from 'microservice-runtime/http';
import { startApp, type StartedApp } from './start-app.ts';

const merge = 'application/merge-patch+json';

function things() {
  const router = apiRouter({ path: '/things', tag: 'Things' });
  const body = joi.object({ size: joi.number() });
  const responses = { 200: null };
  router.post('/', { summary: 'Make a thing', body, responses }, (_req, res) => void res.json({ ok: true }));
  router.patch('/:id', { summary: 'Change a thing', body, responses }, (_req, res) => {
    res.json({ ok: true });
  });
  const mediaTypes = ['application/json', merge];
  router.patch('/:id/size', { summary: 'Resize it', body, mediaTypes, responses }, (_req, res) => {
    res.json({ ok: true });
  });
  return router;
}

describe('the media type of a body', () => {
  const database = knex({ client: 'pg' });
  let started: StartedApp;

  before(async () => {
    started = await startApp({ database, routers: [things()] });
  });

  after(() => started.server.stop());

  const send = (method: string, path: string, headers: Record<string, string>, body = '{"size":1}') =>
    started.request(path, { method, body, headers });
  const sendAs = (method: string, path: string, type: string) => send(method, path, { 'content-type': type });

  it('is JSON, with any parameters and in any case', async () => {
    for (const type of ['application/json', 'Application/JSON; charset=UTF-8', 'application/json;v=1']) {
      assert.equal((await sendAs('POST', '/things', type)).status, 200, type);
      assert.equal((await sendAs('PATCH', '/things/1', type)).status, 200, type);
    }
  });

  it('is refused with 415 if it is another one, and the response lists the accepted types', async () => {
    for (const type of [
      'application/json-patch+json',
      merge,
      'application/problem+json',
      'application/vnd.api+json',
      'text/json',
      'application/x-www-form-urlencoded',
      'nonsense',
    ]) {
      const patch = await sendAs('PATCH', '/things/1', type);
      assert.equal(patch.status, 415, type);
      assert.equal(patch.headers.get('content-type'), 'application/problem+json');
      assert.equal(patch.headers.get('accept-patch'), 'application/json'); // RFC 5789, section 2.2
      const post = await sendAs('POST', '/things', type);
      assert.equal(post.status, 415, type);
      assert.equal(post.headers.get('accept'), 'application/json'); // RFC 9110, section 15.5.16
      assert.match(await post.text(), /The body must be application\/json, not /);
    }
  });

  it('can be another one if the route declares it, in the document too', async () => {
    assert.equal((await sendAs('PATCH', '/things/1/size', merge)).status, 200);
    const refused = await sendAs('PATCH', '/things/1/size', 'application/json-patch+json');
    assert.equal(refused.headers.get('accept-patch'), `application/json, ${merge}`);
    const { paths } = (await (await started.request('/openapi.json')).json()) as {
      paths: Record<string, Record<string, { requestBody: { content: object }; responses: object }>>;
    };
    const resize = paths['/things/{id}/size']?.['patch'];
    assert.deepEqual(Object.keys(resize?.requestBody.content ?? {}), ['application/json', merge]);
    const change = paths['/things/{id}']?.['patch']?.responses as Record<string, { headers?: object }>;
    assert.deepEqual(Object.keys(change['415']?.headers ?? {}), ['Accept-Patch']);
  });

  it('is refused in an unknown encoding, and the response lists the accepted ones', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'compress' };
    const response = await send('POST', '/things', headers);
    assert.equal(response.status, 415);
    assert.equal(response.headers.get('accept-encoding'), 'gzip, deflate, br');
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
  });
});
