import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createJsonClient } from '../../../src/devkit/testing/json-client.ts';

describe('createJsonClient', () => {
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => answer(request, response));
  const client = () => createJsonClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => server.close());

  const json = (response: ServerResponse, body: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  it('request sends the body as JSON with the given headers, and resolves to the parsed response', async () => {
    const repeat = async (request: IncomingMessage, response: ServerResponse) => {
      const { method, url, headers } = request;
      const sent: unknown = JSON.parse(await text(request));
      json(response, { method, url, type: headers['content-type'], match: headers['if-match'], sent }, 409);
    };
    answer = (request, response) => void repeat(request, response);
    const response = await client().request('PATCH', '/a?b=1', { name: 'c' }, { 'if-match': '"1"' });
    assert.equal(response.status, 409);
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.deepEqual(response.body, {
      method: 'PATCH',
      url: '/a?b=1',
      type: 'application/json',
      match: '"1"',
      sent: { name: 'c' },
    });
  });

  it('request sends no content type without a body', async () => {
    answer = ({ headers }, response) => json(response, headers['content-type'] ?? null);
    assert.equal((await client().request('GET', '/')).body, null);
  });

  it('request resolves to text that is not JSON, and to undefined for an empty response', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('up 1');
    assert.equal((await client().request('GET', '/metrics')).body, 'up 1');
    answer = (_, response) => response.writeHead(204).end();
    assert.equal((await client().request('DELETE', '/a')).body, undefined);
  });

  it('readPages resolves to the items of every page, and keeps the query of the path', async () => {
    const asked: unknown[] = [];
    const pages: Record<string, unknown> = {
      '/users?limit=2': { items: [1, 2], next: 'a=&b' },
      '/users?limit=2&after=a%3D%26b': { items: [3], next: null },
      '/empty': { items: [], next: null },
    };
    answer = ({ url = '' }, response) => {
      asked.push(url);
      json(response, pages[url]);
    };
    assert.deepEqual(await client().readPages('/users?limit=2'), [[1, 2], [3]]);
    assert.deepEqual(await client().readPages('/empty'), [[]]);
    assert.deepEqual(asked, Object.keys(pages));
  });

  it('readPages rejects when a page is refused', async () => {
    answer = ({ url }, response) =>
      url === '/users' ? json(response, { items: [], next: 'x' }) : json(response, { detail: 'no' }, 400);
    await assert.rejects(
      client().readPages('/users'),
      /^Error: GET \/users\?after=x answered 400: \{"detail":"no"\}$/,
    );
  });

  it('readPages rejects when two pages name the same next page', async () => {
    answer = (_, response) => json(response, { items: [], next: 'x' });
    await assert.rejects(client().readPages('/users'), /^Error: The list never ends: .*\/users\?after=x /);
  });
});
