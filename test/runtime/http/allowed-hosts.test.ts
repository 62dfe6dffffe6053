import assert from 'node:assert/strict';
import { connectDatabase, readEnvironment } from 'microservice-runtime';
import { apiRouter } from 'microservice-runtime/http';
import { connect } from './raw-client.ts';
import { startApp, type StartedApp } from './start-app.ts';

const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';
const environment = {
  SERVICE_NAME: 'user-service',
  DATABASE_URL: databaseUrl,
  KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092',
  AUTH: 'none',
};

describe('a request whose Host header names another host', () => {
  const database = connectDatabase({ serviceName: 'users', databaseUrl, databasePoolMax: 1 });
  let started: StartedApp;
  let handled = 0;

  async function start(variables: Record<string, string> = {}): Promise<void> {
    const { http, nodeEnv } = readEnvironment({ ...environment, ...variables });
    const router = apiRouter({ path: '/v1/users', tag: 'Users' });
    router.post('/', { summary: 'Create', responses: { 204: null } }, (_req, res) => {
      handled += 1;
      res.status(204).end();
    });
    const config = { http, managementPort: 0, nodeEnv };
    started = await startApp({ database, routers: [router], config });
  }
  beforeEach(() => (handled = 0));
  afterEach(() => started.server.stop());
  after(() => database.destroy());

  const post = (host: string, path = '/v1/users', url = started.server.url) =>
    send([`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0'], url);

  async function send(lines: string[], url = started.server.url) {
    const client = await connect(url);
    client.write([...lines, '', ''].join('\r\n'));
    const answer = await client.answer(0);
    client.end();
    return answer;
  }

  for (const NODE_ENV of ['development', 'test']) {
    it(`gets a 421 in ${NODE_ENV} on both ports, and reaches no handler`, async () => {
      await start({ NODE_ENV });
      for (const host of [
        'evil.example',
        'evil.example:8001',
        'localhost.evil.example',
        '192.0.2.1',
        '[2001:db8::1]:80',
      ]) {
        const answer = await post(host);
        assert.equal(answer?.status, 421, host);
        assert.equal(answer?.headers.get('connection'), 'close');
        assert.equal(answer?.headers.get('content-type'), 'application/problem+json');
        assert.match(answer?.body ?? '', /HTTP_ALLOWED_HOSTS/);
      }
      assert.equal((await post('evil.example', '/health/ready', started.server.managementUrl))?.status, 421);
      assert.equal(handled, 0);
    });
  }

  it('is served under every name of this machine', async () => {
    await start();
    const hosts = [
      'localhost',
      'LOCALHOST:8001',
      'user.localhost:80',
      'localhost.',
      '127.0.0.1:1',
      '127.9.9.9',
      '[::1]:8001',
    ];
    for (const host of hosts) assert.equal((await post(host))?.status, 204, host);
    assert.equal(handled, hosts.length);
  });

  it('is served if the host is configured, or is the one to listen on', async () => {
    await start({ HTTP_ALLOWED_HOSTS: 'users.test, *.shop.test,192.0.2.1', HOST: 'dev-box' });
    for (const host of [
      'users.test:8001',
      'USERS.test',
      'a.shop.test',
      'a.b.shop.test',
      '192.0.2.1:80',
      'dev-box:8001',
    ])
      assert.equal((await post(host))?.status, 204, host);
    for (const host of ['shop.test', 'evilshop.test', 'x.users.test'])
      assert.equal((await post(host))?.status, 421, host);
  });

  it('is decided for each request, whatever the request before it named', async () => {
    await start();
    for (const [host, status] of [
      ['localhost:8001', 204],
      ['evilhosts:8001', 421],
      ['localhost:8001', 204],
      ['local host:800', 400],
    ] as const)
      assert.equal((await post(host))?.status, status, host);
  });

  it('is decided by the request target if it names a host, not by the header', async () => {
    await start();
    assert.equal((await post('localhost', 'http://evil.example/v1/users'))?.status, 421);
    assert.equal((await post('localhost', 'HTTPS://evil.example:8001/v1/users'))?.status, 421);
    assert.equal(handled, 0);
    assert.equal((await post('evil.example', 'http://localhost:8001/v1/users'))?.status, 204);
  });

  for (const NODE_ENV of ['development', 'production']) {
    it(`gets a 400 in ${NODE_ENV} if it has two Host headers or an invalid one (RFC 9112, section 3.2)`, async () => {
      await start({ NODE_ENV });
      const pairs = [
        ['localhost', 'evil.example'],
        ['evil.example', 'localhost'],
        ['localhost', 'localhost'],
      ];
      for (const [one, other] of pairs) {
        for (const version of ['1.1', '1.0']) {
          const lines = [`POST /v1/users HTTP/${version}`, `Host: ${one}`, `hOST: ${other}`];
          const answer = await send([...lines, 'Content-Length: 0']);
          assert.equal(answer?.status, 400, `${one}, ${other}`);
          if (version === '1.1') assert.match(answer?.body ?? '', /several Host headers/);
        }
      }
      const malformed = [
        'evil.example/.localhost',
        'evil.example?.localhost',
        'evil.example#.localhost',
        'user@localhost',
        'evil.example\\.localhost',
        'evil.example .localhost',
        'localhost:80:80',
        '[::1%25lo]',
        '[::1%lo]:80',
        '[localhost]',
        '::1',
        'evil%2.localhost',
      ];
      for (const host of malformed) {
        const answer = await post(host);
        assert.equal(answer?.status, 400, host);
        assert.match(answer?.body ?? '', /Host/);
        assert.notEqual((await post('localhost', `http://${host}/v1/users`))?.status, 204, host);
      }
      assert.equal((await post('localhost', 'http://user:word@localhost/v1/users'))?.status, 400);
      assert.equal(handled, 0);
    });
  }

  it('is not local merely because of its suffix', async () => {
    await start();
    for (const host of [
      'evil.example%2F.localhost',
      'evil,.localhost',
      '.localhost',
      'a..localhost',
      'localhost..',
    ])
      assert.equal((await post(host))?.status, 421, host);
    assert.equal(handled, 0);
  });

  it('is served in production, since the proxy in front of the service decides', async () => {
    await start({ NODE_ENV: 'production' });
    assert.equal((await post('users.example.com'))?.status, 204);
  });
});

describe('HTTP_ALLOWED_HOSTS', () => {
  it('accepts only names and addresses', () => {
    for (const value of ['https://a.test', 'a.test:80', '*', 'a b', '*.', 'a.test/x'])
      assert.throws(
        () => readEnvironment({ ...environment, HTTP_ALLOWED_HOSTS: value }),
        /HTTP_ALLOWED_HOSTS is .* names/,
      );
  });
});
