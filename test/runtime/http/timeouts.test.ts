import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import knex from 'knex';
import { ConfigError, readEnvironment } from 'microservice-runtime';
import { connect, requestText, type RawAnswer } from './raw-client.ts';
import { startApp, type StartedApp } from './start-app.ts';
import { createUserRouter } from './user-router.ts';

const live = requestText('/health/live');

const problemOf = (answer: RawAnswer | undefined) => {
  assert.equal(answer?.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.headers.get('connection'), 'close');
  const { status } = JSON.parse(answer.body) as { status: number };
  assert.equal(answer.status, status);
  return status;
};

describe('the times of the http server', () => {
  const database = knex({ client: 'pg' });
  const running: StartedApp[] = [];
  const start = async (config: Parameters<typeof startApp>[0]['config']) => {
    const started = await startApp({ database, routers: [createUserRouter(database)], config });
    running.push(started);
    return started;
  };

  afterEach(() => Promise.all(running.splice(0).map(({ server }) => server.stop())));

  it('answer 408 to a body or headers that do not arrive, and close the connection', async () => {
    const { server } = await start({ http: { headersTimeout: 100, requestTimeout: 200 } });
    const [body, headers] = await Promise.all([connect(server.url), connect(server.url)]);
    body.write(
      requestText('/v1/users', 'POST', ['content-type: application/json', 'content-length: 20']) + '{"a"',
    );
    headers.write('GET /health/live HTTP/1.1\r\nhost: ');
    assert.equal(problemOf(await body.answer(0)), 408);
    assert.equal(problemOf(await headers.answer(0)), 408);
    await Promise.all([body.closed, headers.closed]);
  });

  it('keep an idle connection for as long as is configured, and tell clients how long', async () => {
    const { server } = await start({ http: { keepAliveTimeout: 620_000 } });
    const client = await connect(server.url);
    client.write(live);
    assert.equal((await client.answer(0))?.headers.get('keep-alive'), 'timeout=620');
    const short = await start({ http: { keepAliveTimeout: 50 } });
    const idle = await connect(short.server.url);
    idle.write(live);
    await idle.closed;
    assert.equal(idle.answers.length, 1);
  });

  it('let a connection be idle for longer than headers and requests may take', async () => {
    const { server } = await start({
      http: { headersTimeout: 50, requestTimeout: 100, keepAliveTimeout: 60_000 },
    });
    const client = await connect(server.url);
    client.write(live);
    await client.answer(0);
    await delay(300); // several times the limit, and the interval of the checks
    client.write(live);
    assert.equal((await client.answer(1))?.status, 200);
  });

  it('are settings, whose relations are checked', () => {
    const minimal = {
      SERVICE_NAME: 'user-service',
      DATABASE_URL: 'postgres://user@localhost:5432/user',
      KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092',
    };
    const { http } = readEnvironment({ ...minimal, HTTP_REQUEST_TIMEOUT: '20000', SHUTDOWN_TIMEOUT: '4000' });
    assert.equal(http.keepAliveTimeout, 65_000);
    assert.equal(http.headersTimeout, 20_000);
    assert.equal(http.requestTimeout, 20_000);
    assert.equal(http.shutdownGrace, 1_000);
    const wrong = {
      ...minimal,
      HTTP_HEADERS_TIMEOUT: '20000',
      HTTP_REQUEST_TIMEOUT: '10000',
      HTTP_SHUTDOWN_GRACE: '5001',
    };
    assert.throws(
      () => readEnvironment(wrong),
      ({ faults }: ConfigError) => {
        assert.deepEqual(faults, [
          'HTTP_HEADERS_TIMEOUT is "20000": must be at most HTTP_REQUEST_TIMEOUT',
          'HTTP_SHUTDOWN_GRACE is "5001": must be at most half of SHUTDOWN_TIMEOUT',
        ]);
        return true;
      },
    );
  });
});
