import assert, { AssertionError } from 'node:assert/strict';
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

  it('expect resolves to the response with the expected status', async () => {
    answer = (_, response) => json(response, { id: 7 }, 201);
    const { body } = await client().request<{ id: number }>('POST', '/users', {}).expect(201);
    assert.equal(body.id, 7);
  });

  it('expect rejects for another status, and shows the problem with its fields', async () => {
    const errors = [{ field: 'body.email', message: 'is required' }];
    answer = (_, response) =>
      json(
        response,
        { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'The body is invalid', errors },
        400,
      );
    const error = await failure(client().request('POST', '/users', {}).expect(201));
    assert.equal(
      error.message,
      'POST /users answered 400 Bad Request instead of 201 Created\n  The body is invalid\n  body.email: is required',
    );
    assert.deepEqual([error.actual, error.expected], [400, 201]);
  });

  it('expect shows the errors that the service has logged about the request, since a 500 does not reveal them', async () => {
    answer = (_, response) => {
      response.setHeader('x-request-id', 'r1');
      json(response, { type: 'about:blank', title: 'Internal Server Error', status: 500 }, 500);
    };
    const { port } = server.address() as AddressInfo;
    const logging = createJsonClient(`http://127.0.0.1:${port}`, {
      errorsOf: (id) => [`no column (${id})`],
    });
    const error = await failure(logging.request('GET', '/users').expect(200));
    assert.match(
      error.message,
      /^GET \/users answered 500 .*\n {2}Internal Server Error\n {2}cause: no column \(r1\)$/,
    );
  });

  it('expect shows the beginning of a body that is not a problem', async () => {
    answer = (_, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end(`<p>${'x'.repeat(9_000)}`);
    const { message } = await failure(client().request('GET', '/').expect(200));
    assert.match(message, /^GET \/ answered 502 Bad Gateway instead of 200 OK\n {2}"<p>xxx/);
    assert.ok(message.length < 600, String(message.length));
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
    await assert.rejects(client().readPages('/users'), {
      message: 'GET /users?after=x answered 400 Bad Request instead of 200 OK\n  {"detail":"no"}',
    });
  });

  it('readPages rejects when two pages name the same next page', async () => {
    answer = (_, response) => json(response, { items: [], next: 'x' });
    await assert.rejects(client().readPages('/users'), /^Error: The list never ends: .*\/users\?after=x /);
  });
});

async function failure(request: Promise<unknown>): Promise<AssertionError> {
  const error: unknown = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AssertionError, `not an AssertionError: ${String(error)}`);
  return error;
}
