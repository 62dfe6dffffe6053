import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import knex from 'knex';
import { apiRouter } from 'microservice-runtime/http';
import { connect, requestText, type RawClient } from './raw-client.ts';
import { startApp, type StartedApp } from './start-app.ts';

const live = requestText('/health/live');
const grace = 400;

/** A route that emits "entered" and answers after "finish". */
function slow() {
  const turns = new EventEmitter();
  const router = apiRouter({ path: '/slow', tag: 'Slow' });
  router.get('/', { summary: 'Take long', responses: { 200: null } }, async (_req, res) => {
    const finish = once(turns, 'finish');
    turns.emit('entered');
    await finish;
    res.json({ done: true });
  });
  return { router, turns };
}

/** 4 MB, more than the kernel buffers at once. */
function large() {
  const router = apiRouter({ path: '/large', tag: 'Large' });
  router.get('/', { summary: 'Be large', responses: { 200: null } }, (_req, res) => {
    res.end(Buffer.alloc(4_000_000, 'x'));
  });
  return router;
}

const connectionOf = (client: RawClient) =>
  client.answers.map(({ headers }) => headers.get('connection') ?? '');

describe('a server that stops', () => {
  const database = knex({ client: 'pg' });
  let started: StartedApp;

  const start = async (shutdownGrace = grace, routers = [slow().router]) => {
    started = await startApp({ database, routers, config: { http: { shutdownGrace } } });
    return started.server;
  };
  const clients = (count: number) =>
    Promise.all(Array.from({ length: count }, () => connect(started.server.url)));
  const warm = async (client: RawClient) => {
    client.write(live);
    await client.answer(0);
    return client;
  };

  afterEach(() => started.server.stop());

  it('answers the requests that were on the wire, and announces that it closes their connections', async () => {
    const server = await start();
    const connections = await Promise.all((await clients(30)).map(warm));
    for (const client of connections) client.write(live);
    const stopped = server.stop();
    await Promise.all(connections.map(({ closed }) => closed));
    for (const client of connections) assert.deepEqual(connectionOf(client), ['keep-alive', 'close']);
    await stopped;
  });

  it('loses no request of clients that continue until the server closes their connections', async () => {
    for (let run = 0; run < 2; run += 1) {
      const server = await start(2_000);
      let lost = 0;
      const goOn = async (client: RawClient, pause: number) => {
        for (let sent = 0; connectionOf(client).at(-1) !== 'close'; sent += 1) {
          await delay((pause * (1 + sent)) % 97);
          if (client.isClosed) return;
          client.write(live);
          if (!(await client.answer(sent))) {
            lost += 1;
            return;
          }
        }
      };
      const connections = await clients(30);
      const gone = Promise.all(connections.map((client, index) => goOn(client, index)));
      await Promise.all(connections.map((client) => client.answer(2)));
      await server.stop();
      await gone;
      assert.equal(lost, 0);
      assert.ok(connections.every((client) => connectionOf(client).at(-1) === 'close'));
    }
  });

  it('answers every request of a pipeline, the last one with "connection: close"', async () => {
    const { router, turns } = slow();
    const server = await start(grace, [router]);
    const [client] = await clients(1);
    const entered = once(turns, 'entered');
    client?.write(requestText('/slow') + live + live);
    await entered;
    const stopped = server.stop();
    client?.write(live);
    await turn();
    await turn();
    turns.emit('finish');
    await client?.closed;
    const closing = client?.answers.map(({ headers }) => headers.get('connection') === 'close');
    assert.deepEqual(closing, [false, false, false, true]);
    await stopped;
  });

  it('handles no request that arrives after the answer that closes the connection', async () => {
    const { router, turns } = slow();
    const server = await start(grace, [router]);
    const [client] = await clients(1);
    const stopped = server.stop();
    let ran = 0;
    turns.on('entered', () => (ran += 1));
    client?.write(live + requestText('/slow'));
    await client?.closed;
    assert.deepEqual(client && connectionOf(client), ['close']);
    assert.equal(ran, 0);
    await stopped;
  });

  it('accepts the waiting connections, and answers their requests', async () => {
    const server = await start();
    const coming = Array.from({ length: 30 }, () => connect(server.url));
    const connections = await Promise.all(coming);
    for (const client of connections) client.write(live);
    const stopped = server.stop();
    await Promise.all(connections.map(({ closed }) => closed));
    for (const client of connections) assert.deepEqual(connectionOf(client), ['close']);
    await stopped;
    await assert.rejects(connect(server.url), /ECONNREFUSED/);
  });

  it('keeps idle connections for the grace period and no longer', async () => {
    const server = await start();
    const [used, unused] = await clients(2);
    if (used) await warm(used);
    const begun = performance.now();
    await server.stop();
    const taken = performance.now() - begun;
    assert.ok(taken >= grace && taken < 5_000, `${taken} ms`);
    await Promise.all([used?.closed, unused?.closed]);
  });

  it('does not wait for idle connections without a grace period, whether they were used before or not', async () => {
    const server = await start(0);
    const [used, unused] = await clients(2);
    if (used) await warm(used);
    const begun = performance.now();
    await server.stop();
    assert.ok(performance.now() - begun < 3_000);
    await Promise.all([used?.closed, unused?.closed]);
  });

  it('does not cut an answer that its client reads slowly', async () => {
    const server = await start(0, [large()]);
    const response = await fetch(`${server.url}/large`);
    const stopped = server.stop();
    await delay(300); // it does not read while the server closes idle connections
    assert.equal((await response.arrayBuffer()).byteLength, 4_000_000);
    await stopped;
  });
});
