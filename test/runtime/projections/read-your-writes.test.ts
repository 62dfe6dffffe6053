import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import joi from 'joi';
import type { Knex } from 'knex';
import { apiRouter } from '../../../src/runtime/http/api-router.ts';
import { createHttpApp } from '../../../src/runtime/http/http-app.ts';
import { httpServer, type HttpServer } from '../../../src/runtime/http/http-server.ts';
import { readAfterEvent } from '../../../src/runtime/http/requests/read-after-event.ts';
import type { EventBus } from '../../../src/runtime/events/event-bus.ts';
import type { Projection } from '../../../src/runtime/projections/running/reader.ts';
import { up as createKeysTable } from '../../../src/runtime/tables/idempotency-keys.ts';
import { noteWritten } from '../events/consumer-fixture.ts';
import { createNoteWorld, type Notes, type NoteWorld } from './note-service.ts';

const noteSchema = joi.object({ texts: joi.string().allow(null).required() }).label('Notes');

/** Routes that publish an event in a transaction, and read the projection of it. */
function createNoteRouter(database: Knex, bus: EventBus, projection: Projection<Notes>) {
  const router = apiRouter({ path: '/v1/notes', tag: 'Notes' });
  const body = joi.object<{ key: string; text: string }>({
    key: joi.string().required(),
    text: joi.string().required(),
  });
  router.post(
    '/',
    { summary: 'Write a note', body, idempotency: 'optional', responses: { 200: null } },
    async (req, res, outer) => {
      const { key, text } = req.body;
      const event = await (outer ?? database).transaction(async (trx) => {
        await bus.publish(noteWritten.of(key, { text: '1' }), trx);
        return bus.publish(noteWritten.of(key, { text }), trx);
      });
      res.status(text === 'refused' ? 409 : 200).json(event);
    },
  );
  router.get(
    '/:key',
    { summary: 'Get the notes of a key', responses: { 200: noteSchema }, waitForEvent: true },
    async (req, res) => {
      const { key = '' } = req.params;
      res.json({ texts: (await readAfterEvent(req, res, projection, (notes) => notes.texts(key))) ?? null });
    },
  );
  return router;
}

describe('the headers Event-Id and Wait-For-Event', () => {
  let world: NoteWorld;
  let server: HttpServer;
  let hold: Promise<void> | undefined;
  let openapi: unknown;

  before(async () => {
    world = await createNoteWorld();
    await world.next();
    await createKeysTable(world.database);
    const bus = world.replica();
    const { database, logger, config } = world;
    const projection = bus.addProjection(await world.define(1, ' ', async () => hold));
    const http = { ...config, port: 0, host: '127.0.0.1', shutdownTimeout: 10_000 };
    const app = createHttpApp({
      ...{ config: http, logger, database, bus, info: { title: 'notes', version: '1.0.0' } },
      routers: [createNoteRouter(database, bus, projection)],
    });
    openapi = app.openapi;
    server = httpServer(app, http, logger);
    await bus.start();
    await server.start();
  });
  after(async () => {
    await server?.stop();
    await world?.stop();
    await world?.close();
  });

  const post = (key: string, text: string, more: Record<string, string> = {}) =>
    fetch(`${server.url}/v1/notes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...more },
      body: JSON.stringify({ key, text }),
    });
  const get = (key: string, event?: string) =>
    fetch(`${server.url}/v1/notes/${key}`, {
      headers: event === undefined ? {} : { 'wait-for-event': event },
    });

  it('lead from a change to an answer that contains it', async () => {
    const key = randomUUID();
    const posted = await post(key, '2');
    const event = posted.headers.get('event-id') ?? '';
    assert.equal(event, await posted.json());
    assert.match(event, new RegExp(`^${world.config.serviceName}/[0-9a-f-]{36}$`));
    const answer = await get(key, event);
    assert.deepEqual(await answer.json(), { texts: '1 2' });
    assert.equal(answer.headers.get('stale'), null);
  });

  it('answer Stale: true if the projection has not handled the event within 2 s', async () => {
    const key = randomUUID();
    let open = (): void => {};
    hold = new Promise((resolve) => (open = resolve));
    const event = (await post(key, '2')).headers.get('event-id') ?? '';
    const answer = await get(key, event);
    open();
    assert.deepEqual([answer.status, answer.headers.get('stale')], [200, 'true']);
    assert.deepEqual(await answer.json(), { texts: null });
    const later = await get(key, event);
    assert.deepEqual([later.headers.get('stale'), await later.json()], [null, { texts: '1 2' }]);
  });

  it('name no event of a refusal, and answer 400 to a header that does not name one event', async () => {
    const refused = await post(randomUUID(), 'refused');
    assert.deepEqual([refused.status, refused.headers.get('event-id')], [409, null]);
    for (const header of ['x', '/x', 'x/', 'a/1, b/2', `a/${'x'.repeat(2_000)}`]) {
      const { status, headers } = await get('k', header);
      assert.deepEqual([status, headers.get('stale')], [400, null], header);
    }
  });

  it('name the same event in the answer to a repeated request with an idempotency key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const note = randomUUID();
    const [first, second] = [await post(note, '2', key), await post(note, '2', key)];
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    const event = first.headers.get('event-id');
    assert.deepEqual([event, second.headers.get('event-id')], [await first.json(), event]);
  });

  it('are documented', () => {
    const text = JSON.stringify(openapi);
    for (const name of ['Event-Id', 'Wait-For-Event', 'Stale']) assert.ok(text.includes(`"${name}"`), name);
  });
});
