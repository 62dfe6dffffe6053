import assert from 'node:assert/strict';
import { connectDatabase } from 'microservice-runtime';
import { isLoopback } from '../../../src/runtime/http/requests/local-address.ts';
import { connect } from './raw-client.ts';
import { startApp, type StartedApp } from './start-app.ts';

const databaseUrl = 'postgres://user:hunter2@127.0.0.1:1/users';
const database = connectDatabase({ serviceName: 'users', databaseUrl, databasePoolMax: 1 });
const bus = { status: () => ({ kafka: 'broker-7:9092', topic: 'secret.plans' }), healthy: () => true };
const licence = { name: 'licence', check: () => Promise.reject(new Error('key 12 of server-3 has ended')) };
const fine = { name: 'cache', check: () => Promise.resolve() };
const details = /ECONNREFUSED|127\.0\.0\.1:1|broker-7|secret\.plans|server-3/;

describe('GET /health/ready and /health/live', () => {
  let started: StartedApp;
  const start = async (config: { managementPort?: number } = {}) => {
    started = await startApp({ database, routers: [], config, app: { bus, checks: [licence, fine] } });
  };
  afterEach(() => started.server.stop());
  after(() => database.destroy());

  /** Returns the response to a request with these headers, as text. */
  async function get(url: string, path: string, ...given: string[]): Promise<string> {
    const headers = given.filter((header) => header !== absolute);
    const target = headers.length < given.length ? `http://users.example.com${path}` : path;
    const client = await connect(url);
    const host = headers.some((header) => header.startsWith('Host:')) ? [] : [`Host: ${new URL(url).host}`];
    client.write([`GET ${target} HTTP/1.1`, ...host, ...headers, '', ''].join('\r\n'));
    const answer = await client.answer(0);
    client.end();
    return answer?.body ?? '';
  }

  const absolute = 'the target in absolute form';
  const foreign: Record<string, string[]> = {
    'X-Forwarded-For': ['X-Forwarded-For: 127.0.0.1'],
    Forwarded: ['Forwarded: for=127.0.0.1'],
    'X-Forwarded-Proto alone': ['X-Forwarded-Proto: https'],
    Via: ['Via: 1.1 gateway'],
    'X-Real-IP': ['X-Real-IP: 127.0.0.1'],
    'a header of Envoy': ['X-Envoy-Attempt-Count: 1'],
    'another host in the target': [absolute],
    'another name of this machine': ['Host: users.example.com'],
    'a page of another origin': ['Origin: https://evil.example'],
    'a browser that asks for another site': ['Sec-Fetch-Site: cross-site'],
  };
  for (const [name, headers] of Object.entries(foreign)) {
    it(`hide the states if ${name} shows that the request is not local`, async () => {
      await start();
      const ready = await get(started.server.url, '/health/ready', ...headers);
      assert.deepEqual(JSON.parse(ready), {
        status: 'not ready',
        phase: 'running',
        checks: { database: 'failed', schema: 'failed', licence: 'failed', cache: 'ok' },
      });
      const live = await get(started.server.url, '/health/live', ...headers);
      assert.deepEqual(JSON.parse(live), { status: 'live' });
    });
  }

  const ofProxies = `
    X-Cluster-Client-IP Fastly-Client-IP Fly-Client-IP X-Azure-ClientIP X-ProxyUser-Ip X-Amzn-Trace-Id CF-Ray X-Scheme Via
    True-Client-IP CDN-Loop X-Appengine-User-Ip X-Nf-Client-Connection-Ip DO-Connecting-IP X-Cloud-Trace-Context X-ARR-LOG-ID
    X-Request-Id traceparent X-B3-TraceId Proxy-Connection X-Of-A-Proxy-That-Nobody-Knows
  `;
  it('hide the states if a header shows that a proxy forwarded the request', async () => {
    await start();
    for (const name of ofProxies.trim().split(/\s+/)) {
      const ready = await get(started.server.url, '/health/ready', `${name}: 1`);
      assert.doesNotMatch(ready, details, name);
      assert.match(ready, /"database":"failed"/, name);
    }
  });

  it('show a browser, curl and fetch on this machine all details', async () => {
    await start();
    const browser = [
      'Connection: keep-alive',
      'Cache-Control: max-age=0',
      'sec-ch-ua: "Chromium";v="140"',
      'sec-ch-ua-mobile: ?0',
      'sec-ch-ua-platform: "Linux"',
      'DNT: 1',
      'Upgrade-Insecure-Requests: 1',
      'User-Agent: Mozilla/5.0',
      'Accept: text/html',
      'Sec-Fetch-Site: none',
      'Sec-Fetch-Mode: navigate',
      'Sec-Fetch-User: ?1',
      'Sec-Fetch-Dest: document',
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Accept-Language: en-US',
      'Cookie: a=b',
      'Priority: u=0, i',
    ];
    assert.match(await get(started.server.url, '/health/ready', ...browser), details);
    assert.match(
      await get(started.server.url, '/health/ready', 'User-Agent: curl/8', 'Accept: */*'),
      details,
    );
    assert.match(await (await started.request('/health/ready')).text(), details);
  });

  it('show loopback clients the reasons and the state of the bus', async () => {
    await start();
    const ready = await get(started.server.url, '/health/ready');
    assert.match(ready, /"database":"[^"]*ECONNREFUSED.*"licence":"key 12 of server-3 has ended".*broker-7/);
    assert.doesNotMatch(ready, /hunter2/);
    assert.match(await get(started.server.url, '/health/live', 'Host: user.localhost:80'), /broker-7/);
  });

  it('show all details on the management port to every client', async () => {
    await start({ managementPort: 0 });
    const { managementUrl } = started.server;
    assert.match(await get(managementUrl, '/health/ready', 'X-Forwarded-For: 192.0.2.1'), details);
    assert.match(await get(managementUrl, '/health/live', 'Host: 192.0.2.7:9000'), details);
  });
});

describe('an address of a peer', () => {
  it('is loopback in 127.0.0.0/8, mapped into IPv6 or not, and at ::1', () => {
    for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])
      assert.ok(isLoopback(address), address);
    for (const address of [
      undefined,
      '',
      '10.0.0.1',
      '128.0.0.1',
      '::ffff:10.0.0.1',
      'fe80::1',
      '::',
      '0.0.0.0',
    ])
      assert.ok(!isLoopback(address), address);
  });
});
