import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import joi from 'joi';
import knex from 'knex';
import { apiRouter } from 'microservice-runtime/http';
import { connect, requestText, type RawAnswer } from './raw-client.ts';
import { startApp, type StartedApp } from './start-app.ts';

const turns = new EventEmitter();

function things() {
  const router = apiRouter({ path: '/things', tag: 'Things' });
  const body = joi.object({ text: joi.string().max(500_000) });
  const responses = { 200: null };
  router.get('/', { summary: 'Take long', responses }, async (_req, res) => {
    const finish = once(turns, 'finish');
    turns.emit('entered');
    await finish;
    res.json({ done: true });
  });
  router.post('/', { summary: 'Make a thing', body, responses }, (_req, res) => void res.json({ ok: true }));
  return router;
}

const long = 'x'.repeat(20_000);

/** Requests that Node's parser refuses. */
const refused: [what: string, status: number, text: string][] = [
  ['a header without a name', 400, 'GET /things HTTP/1.1\r\nhost: a\r\n: b\r\n\r\n'],
  ['a method that does not exist', 400, 'FETCH /things HTTP/1.1\r\nhost: a\r\n\r\n'],
  [
    'a length and chunks',
    400,
    requestText('/things', 'POST', ['content-length: 3', 'transfer-encoding: chunked']) + '0\r\n\r\n',
  ],
  ['another protocol', 400, 'SSH-2.0-OpenSSH_9.9\r\n'],
  ['no host', 400, 'GET /things HTTP/1.1\r\n\r\n'],
  ['an expectation that is not 100-continue', 417, requestText('/things', 'GET', ['expect: a-miracle'])],
  ['headers that are too large', 431, requestText('/things', 'GET', [`x: ${long}`])],
  [
    'chunk extensions that are too large',
    413,
    requestText('/things', 'POST', ['transfer-encoding: chunked', 'content-type: application/json']) +
      `2;${long}\r\n{}\r\n0\r\n\r\n`,
  ],
];

const problemOf = (answer: RawAnswer | undefined) => {
  assert.equal(answer?.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.headers.get('connection'), 'close');
  const problem = JSON.parse(answer.body) as Record<string, unknown>;
  assert.equal(problem['type'], 'about:blank');
  assert.equal(typeof problem['title'], 'string');
  assert.equal(typeof problem['detail'], 'string');
  assert.equal(problem['status'], answer.status);
  return answer.status;
};

describe('the http core', () => {
  const database = knex({ client: 'pg' });
  const running: StartedApp[] = [];

  async function start(options: Omit<Parameters<typeof startApp>[0], 'database'>): Promise<StartedApp> {
    const started = await startApp({ database, ...options });
    running.push(started);
    return started;
  }

  afterEach(() => Promise.all(running.splice(0).map(({ server }) => server.stop())));

  describe('a refusal before routing', () => {
    let started: StartedApp;

    beforeEach(async () => {
      started = await start({ routers: [things()], config: { managementPort: 0 } });
    });

    for (const [what, status, text] of refused) {
      it(`is a problem with status ${status}: ${what}`, async () => {
        const { url: main, managementUrl } = started.server;
        for (const url of status === 413 ? [main] : [main, managementUrl]) {
          const client = await connect(url);
          client.write(text);
          assert.equal(problemOf(await client.answer(0)), status);
          await client.closed;
        }
      });
    }

    it('is sent after the responses to the earlier requests', async () => {
      const client = await connect(started.server.url);
      const entered = once(turns, 'entered');
      client.write(`${requestText('/things')}rubbish\r\n\r\n`);
      await entered;
      turns.emit('finish');
      assert.equal((await client.answer(0))?.body, '{"done":true}');
      assert.equal(problemOf(await client.answer(1)), 400);
      await client.closed;
    });

    it('ignores a client that disconnects', async () => {
      const client = await connect(started.server.url);
      client.write(requestText('/things', 'POST', ['content-length: 20']));
      client.end();
      await client.closed;
      assert.equal((await started.request('/things', { method: 'POST', body: '' })).status, 400);
    });
  });

  describe('unsupported methods of a path', () => {
    const paths = ['/health/live', '/health/ready', '/metrics'];
    const documents = ['/openapi.json', '/docs', '/docs/initializer.js', '/docs/swagger-ui.css'];

    for (const managementPort of [undefined, 0]) {
      it(`get a 405 that names the allowed methods${managementPort === 0 ? ', on the management port' : ''}`, async () => {
        const { server } = await start({ routers: [], config: { managementPort } });
        const urls = [
          ...paths.map((path) => server.managementUrl + path),
          ...documents.map((path) => server.url + path),
        ];
        for (const url of urls) {
          for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
            const response = await fetch(url, { method });
            assert.equal(response.status, 405, `${method} ${url}`);
            assert.equal(response.headers.get('allow'), 'GET, HEAD, OPTIONS');
            assert.equal(response.headers.get('content-type'), 'application/problem+json');
            await response.arrayBuffer();
          }
          const options = await fetch(url, { method: 'OPTIONS' });
          assert.equal(options.status, 204, url);
          assert.equal(options.headers.get('allow'), 'GET, HEAD, OPTIONS');
          const head = await fetch(url, { method: 'HEAD' });
          assert.equal(head.status, (await fetch(url)).status, `HEAD ${url}`);
        }
        assert.equal((await fetch(`${server.url}/docs/other.js`, { method: 'POST' })).status, 404);
      });
    }
  });

  describe('a body that is larger than the service accepts', () => {
    const limitOf = async ({ request }: StartedApp) => {
      const document = (await (await request('/openapi.json')).json()) as {
        paths: Record<string, { post: { responses: Record<string, { description: string }> } }>;
      };
      return document.paths['/things']?.post.responses['413']?.description;
    };
    const sendText = ({ send }: StartedApp, length: number) =>
      send('POST', '/things', { text: 'x'.repeat(length) });

    it('is answered with 413, and the document states the limit', async () => {
      const started = await start({ routers: [things()] });
      assert.equal((await sendText(started, 100_000)).status, 200);
      const large = await sendText(started, 102_400);
      assert.equal(large.status, 413);
      assert.equal(large.headers.get('content-type'), 'application/problem+json');
      assert.match(await large.text(), /larger than 102400 bytes/);
      assert.equal(await limitOf(started), 'The body is larger than 102400 bytes');
    });

    it('has the limit of the configuration, or the lower limit of a router', async () => {
      const started = await start({
        routers: [things()],
        config: { http: { bodyLimit: 300_000 } },
      });
      assert.equal((await sendText(started, 200_000)).status, 200);
      assert.equal((await sendText(started, 300_000)).status, 413);
      assert.equal(await limitOf(started), 'The body is larger than 300000 bytes');
      const router = apiRouter({ path: '/things', tag: 'Things', bodyLimit: '1kb' });
      const route = {
        summary: 'Make a thing',
        body: joi.object({ text: joi.string() }),
        responses: { 200: null },
      };
      router.post('/', route, (_req, res) => void res.json({ ok: true }));
      const own = await start({ routers: [router], config: { http: { bodyLimit: 300_000 } } });
      assert.equal((await sendText(own, 1_024)).status, 413);
      assert.equal(await limitOf(own), 'The body is larger than 1kb');
    });
  });
});
