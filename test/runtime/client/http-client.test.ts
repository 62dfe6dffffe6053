import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { currentContext, runInContext, UnavailableError } from 'microservice-runtime';
import {
  createHttpClient,
  HttpResponseError,
  urlPath,
  type HttpClientOptions,
} from 'microservice-runtime/client';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a client of a real HTTP server', () => {
  let server: Server;
  let answer: RequestListener;
  let url: string;
  let arrived: string[];
  before(async () => {
    server = createServer((req, res) => {
      arrived.push(`${req.method} ${req.url}`);
      answer(req, res);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => (arrived = []));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const clientOf = (options: Partial<HttpClientOptions> = {}) =>
    createHttpClient({ name: 'tax', baseUrl: url, retries: 0, attemptTimeout: 100, ...options });

  it('sends JSON with its headers, query and trace, and returns the parsed answer', async () => {
    let sent: { headers: Record<string, unknown>; body: string } | undefined;
    answer = (req, res) => {
      let body = '';
      req.on('data', (chunk) => (body += String(chunk)));
      req.on('end', () => {
        sent = { headers: req.headers, body };
        res.writeHead(201, { 'content-type': 'application/json; charset=utf-8' }).end('{"rate":0.19}');
      });
    };
    const client = clientOf({ baseUrl: `${url}/v1/`, headers: { authorization: 'Bearer secret' } });
    const context = { requestId: 'r', correlationId: 'c', traceparent };
    const { status, body } = await runInContext(context, () =>
      client.post(urlPath`/rates/${'ä/b'}`, {
        query: { at: 1, of: ['x', 'y'] },
        body: { net: 1 },
        idempotencyKey: 'k',
      }),
    );
    assert.deepEqual([status, body], [201, { rate: 0.19 }]);
    assert.deepEqual(arrived, ['POST /v1/rates/%C3%A4%2Fb?at=1&of=x&of=y']);
    assert.equal(sent?.body, '{"net":1}');
    assert.equal(sent.headers['content-type'], 'application/json');
    assert.equal(sent.headers['authorization'], 'Bearer secret');
    assert.equal(sent.headers['idempotency-key'], 'k');
    assert.match(String(sent.headers['traceparent']), /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa)/);
    assert.equal(currentContext(), undefined);
  });

  it('resolves for an accepted status, and rejects with the answer for another one', async () => {
    answer = (_, res) => void res.writeHead(404, { 'content-type': 'application/json' }).end('{"no":1}');
    const { status } = await clientOf().get('/rates', { accept: [404] });
    assert.equal(status, 404);
    await assert.rejects(clientOf().get('/rates'), (error) => {
      assert.ok(error instanceof HttpResponseError);
      assert.deepEqual([error.status, error.body], [404, { no: 1 }]);
      assert.equal(error.headers.get('content-type'), 'application/json');
      assert.deepEqual(Object.keys(error), ['name', 'status'], 'a log line has these fields, and no body');
      return true;
    });
  });

  for (const [fault, behave] of Object.entries<RequestListener>({
    'never answers': () => undefined,
    'sends headers but no body': (_, res) => res.writeHead(200, { 'content-length': '9' }).flushHeaders(),
    'sends half of its body': (_, res) => void res.writeHead(200, { 'content-length': '9' }).write('half'),
    'resets the connection': (req) => void req.socket.resetAndDestroy(),
    'ends inside of its body': (_, res) => {
      res.writeHead(200, { 'content-length': '9' }).write('half');
      setImmediate(() => res.destroy());
    },
  }))
    it(`rejects with an UnavailableError when the server ${fault}, and the next call works`, async () => {
      answer = behave;
      const client = clientOf();
      await assert.rejects(client.get('/rates'), UnavailableError);
      answer = (_, res) => void res.end('fine');
      assert.equal((await client.get('/rates')).body, 'fine');
    });

  it('closes the connection of a call that its caller cancels', async () => {
    const closed = new Promise((resolve) => {
      answer = (req) => void req.on('close', resolve);
    });
    const controller = new AbortController();
    const call = clientOf({ attemptTimeout: 60_000 }).get('/rates', { signal: controller.signal });
    while (arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    await assert.rejects(call, /enough/);
    await closed;
  });

  it('reads no more of a body than its limit', async () => {
    const closed = new Promise((resolve) => {
      answer = (_, res) => {
        res.on('close', resolve);
        const more = () => {
          if (!res.destroyed) res.write('x'.repeat(65_536), more);
        };
        more();
      };
    });
    const call = clientOf({ responseLimit: 1_000_000, attemptTimeout: 60_000 }).get('/rates');
    await assert.rejects(call, /tax: the body has more than 1000000 bytes; raise responseLimit/);
    await closed;
  });

  it('rejects a page of HTML with a status of 2xx, unless the call accepts HTML', async () => {
    answer = (_req, res) => res.setHeader('content-type', 'text/html; charset=utf-8').end('<html>');
    await assert.rejects(clientOf().get('/rates'), { name: 'InvalidResponseError', message: /HTML page/ });
    const { body } = await clientOf().get('/page', { headers: { accept: 'text/html' } });
    assert.equal(body, '<html>');
  });

  it('follows a redirect within its origin, and none to another origin', async () => {
    answer = ({ url: path }, res) =>
      void (path === '/new' ? res.end('moved') : res.writeHead(302, { location: '/new' }).end());
    assert.equal((await clientOf().get('/old')).body, 'moved');
    for (const location of ['http://169.254.169.254/latest', 'http://localhost:1/x', '//evil.example/x']) {
      answer = (_, res) => void res.writeHead(307, { location }).end();
      await assert.rejects(clientOf().get('/old'), /tax: the response redirects to another origin: http/);
    }
    answer = (_, res) =>
      void res.writeHead(302, { location: url.replace('http://', 'http://user:secret@') }).end();
    await assert.rejects(
      clientOf().get('/old'),
      /tax: the response redirects to an address with credentials/,
    );
    answer = (_, res) => void res.writeHead(302, { location: '/old' }).end();
    await assert.rejects(clientOf().get('/old'), /redirect number 6/);
  });

  it('refuses a path that could leave its address, and sends nothing', async () => {
    const client = clientOf({ baseUrl: `${url}/v1` });
    for (const path of [
      'https://evil.example/',
      '//evil.example/',
      'rates',
      '/../admin',
      '/a/%2e%2E/b',
      '/a\\b',
      '/..\u0000',
      '/a/..\u001f',
      '',
    ])
      await assert.rejects(client.get(path), {
        name: 'TypeError',
        message: /the path is ".*"; it must start with one/,
      });
    assert.throws(() => urlPath`/rates/${'..'}`, /a part of the path is "\.\."/);
    assert.deepEqual(arrived, []);
  });

  it('refuses invalid options when it is created', () => {
    const refuse = (options: Partial<HttpClientOptions>, message: RegExp) =>
      assert.throws(() => clientOf(options), { name: 'TypeError', message });
    refuse({ baseUrl: 'tax.example' }, /baseUrl is "tax\.example"; write an address such as/);
    refuse({ baseUrl: 'file:///etc/passwd' }, /baseUrl is/);
    refuse({ baseUrl: 'https://u:p@tax.example' }, /^baseUrl contains credentials/);
    refuse({ attemptTimeout: 0 }, /attemptTimeout of the client "tax" is 0; write a positive number/);
    refuse({ deadline: 2 ** 31 }, /deadline of the client "tax" is 2147483648; write at most 2147483647/);
    refuse({ failureRate: 50 }, /failureRate of the client "tax" is 50; write at most 1/);
    refuse({ retries: Number.NaN }, /retries of the client "tax" is NaN/);
  });
});
