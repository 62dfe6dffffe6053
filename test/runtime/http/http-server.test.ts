import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import knex from 'knex';
import { apiRouter } from 'microservice-runtime/http';
import { startApp } from './start-app.ts';

/** A route that emits "entered", starts its answer on request, and ends it after "finish". */
function slow({ begins = false } = {}) {
  const turns = new EventEmitter();
  const router = apiRouter({ path: '/slow', tag: 'Slow' });
  router.get('/', { summary: 'Take long', responses: { 200: null } }, async (_req, res) => {
    const finish = once(turns, 'finish');
    turns.emit('entered');
    if (begins) res.write('begun');
    await finish;
    if (begins) res.end();
    else res.json({ done: true });
  });
  return { router, turns };
}

const fetchWith = (agent: Agent, url: string) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent }, (response) => resolve(response.resume())).on('error', reject);
  });

describe('httpServer', () => {
  const database = knex({ client: 'pg' });

  it('answers requests in flight while it stops, accepts no new ones, and is not ready', async () => {
    const { router, turns } = slow();
    const started = await startApp({ database, routers: [router], config: { managementPort: 0 } });
    const { request, server, app } = started;
    const entered = once(turns, 'entered');
    const inFlight = request('/slow');
    await entered;
    const stopped = server.stop();
    assert.equal(app.state.phase, 'draining');
    const ready = await fetch(`${server.managementUrl}/health/ready`);
    assert.equal(ready.status, 503);
    assert.match(await ready.text(), /"phase":"draining"/);
    await assert.rejects(request('/slow'));
    turns.emit('finish');
    const response = await inFlight;
    assert.equal(response.headers.get('connection'), 'close');
    assert.deepEqual(await response.json(), { done: true });
    await stopped;
  });

  it('closes keep-alive connections, idle ones at once', async () => {
    const { router } = slow();
    const { server } = await startApp({ database, routers: [router] });
    const agent = new Agent({ keepAlive: true });
    const response = await fetchWith(agent, `${server.url}/health/live`);
    assert.equal(response.headers.connection, 'keep-alive');
    const begun = performance.now();
    await server.stop();
    assert.ok(performance.now() - begun < 1_000);
    agent.destroy();
  });

  it('closes a connection after the response that had already begun', async () => {
    const { router, turns } = slow({ begins: true });
    const { server } = await startApp({ database, routers: [router] });
    const agent = new Agent({ keepAlive: true });
    const response = await fetchWith(agent, `${server.url}/slow`);
    assert.equal(response.headers.connection, 'keep-alive');
    const begun = performance.now();
    const stopped = server.stop();
    turns.emit('finish');
    await stopped;
    assert.ok(performance.now() - begun < 2_000);
    agent.destroy();
  });

  it('cuts connections that do not end in time', async () => {
    const { router, turns } = slow();
    const { request, server } = await startApp({
      database,
      routers: [router],
      config: { shutdownTimeout: 200 },
    });
    const entered = once(turns, 'entered');
    const inFlight = assert.rejects(request('/slow'));
    await entered;
    await server.stop();
    await inFlight;
  });

  it('can be stopped twice, or before it has started', async () => {
    const { server } = await startApp({ database, routers: [] });
    await server.stop();
    await server.stop();
  });

  it('names the taken port and the variable that sets it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await assert.rejects(
      startApp({ database, routers: [], config: { port } }),
      new RegExp(
        `Cannot listen on port ${port}: another process listens on it. Stop that process, or set PORT`,
      ),
    );
    other.close();
  });
});
