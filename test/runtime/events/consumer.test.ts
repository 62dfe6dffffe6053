import assert from 'node:assert/strict';
import joi from 'joi';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { currentContext } from '../../../src/runtime/context/context.ts';
import { defineEvent, type ReceivedEvent } from '../../../src/runtime/events/event/definition.ts';
import { createFixture, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

const ignore = async (): Promise<void> => {};

describe('bus.on', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture()));
  afterEach(() => fixture.close());

  const effects = async (): Promise<string[]> => fixture.database('effect').orderBy('id').pluck('text');
  const positions = async (): Promise<number> =>
    Number((await fixture.database('event_positions').sum({ sum: 'position' }).first())?.['sum'] ?? 0);

  function keepNotes(): void {
    const consumers = fixture.consumers();
    consumers.on(noteWritten, ({ subject, data }, trx) =>
      trx('effect').insert({ key: subject, text: data.text }),
    );
    consumers.start();
  }

  it('passes the event to the handler, and records it as handled in the same transaction', async () => {
    const consumers = fixture.consumers();
    const events: ReceivedEvent<Note>[] = [];
    consumers.on(noteWritten, async (event, trx) => {
      events.push(event);
      await trx('effect').insert({ key: event.subject, text: event.data.text });
    });
    consumers.start();
    const id = await fixture.send('a', 'hello');
    await waitFor(async () => (await positions()) === 1);
    assert.deepEqual(await effects(), ['hello']);
    assert.deepEqual(await fixture.database('event_inbox').pluck('event_id'), [id]);
    assert.deepEqual(events[0]?.data, { text: 'hello' });
    assert.equal(events[0]?.source, 'test');
  });

  it('handles a redelivered event only once', async () => {
    keepNotes();
    const id = await fixture.send('a', 'once');
    await waitFor(async () => (await positions()) === 1);
    await fixture.sendMany([
      { key: 'a', text: 'once', id },
      { key: 'a', text: 'once', id },
      { key: 'a', text: 'other' },
      { key: 'a', text: 'once', id },
    ]);
    await waitFor(async () => (await positions()) === 5);
    assert.deepEqual(await effects(), ['once', 'other']);
  });

  it('keeps the order of a key over many batches', async () => {
    const texts = Array.from({ length: 1_500 }, (_, index) => String(index));
    await fixture.sendMany(texts.map((text) => ({ key: `key-${Number(text) % 10}`, text })));
    keepNotes();
    await waitFor(async () => (await positions()) === texts.length);
    const rows = await fixture.database<{ key: string; text: string }>('effect').orderBy('id');
    for (let key = 0; key < 10; key += 1) {
      const ofKey = rows.filter((row) => row.key === `key-${key}`).map(({ text }) => Number(text));
      assert.deepEqual(
        ofKey,
        ofKey.toSorted((a, b) => a - b),
      );
    }
    assert.equal(rows.length, texts.length);
  });

  it('skips events without a handler, readable or not', async () => {
    keepNotes();
    await fixture.send('a', 'x', { headers: { ce_type: 'note.burnt' }, value: 'not JSON' });
    await fixture.send('a', 'known');
    await waitFor(async () => (await positions()) === 2);
    assert.deepEqual(await effects(), ['known']);
  });

  it('lifts an older version, and drops fields that it does not know', async () => {
    const renamed = defineEvent<{ title: string }>({
      ...noteWritten,
      version: 2,
      schema: joi.object({ title: joi.string().required() }),
      upcasts: { 1: ({ text }) => ({ title: text, extra: true }) },
    });
    const consumers = fixture.consumers({}, [renamed]);
    const event = new Promise<ReceivedEvent<{ title: string }>>((resolve) => {
      consumers.on(renamed, async (received) => resolve(received));
    });
    consumers.start();
    await fixture.send('a', 'old');
    assert.deepEqual((await event).data, { title: 'old' });
    assert.equal((await event).version, 2);
  });

  it('runs the handler in the context of the event', async () => {
    const consumers = fixture.consumers();
    const context = new Promise<ReturnType<typeof currentContext>>((resolve) => {
      consumers.on(noteWritten, async () => resolve(currentContext()));
    });
    consumers.start();
    const traceId = 'a'.repeat(32);
    const id = await fixture.send('a', 'x', {
      headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
    });
    assert.equal((await context)?.correlationId, 'correlation');
    assert.equal((await context)?.causationId, id);
    assert.match((await context)?.traceparent ?? '', new RegExp(`^00-${traceId}-(?!b{16})[0-9a-f]{16}-01$`));
  });

  it('refuses an event that is not among the contracts, a second handler, and both after the start', () => {
    const consumers = fixture.consumers();
    const stranger = defineEvent({ ...noteWritten, type: 'note.lost' });
    assert.throws(() => consumers.on(stranger, ignore), /note\.lost version 1 .* contracts\.consumed/);
    consumers.on(noteWritten, ignore);
    assert.throws(() => consumers.on(noteWritten, ignore), /note\.written already has a handler/);
    consumers.start();
    assert.throws(() => consumers.on(noteWritten, ignore), /has already started/);
  });
});

describe('bus.subscribe', () => {
  let fixture: Fixture;
  before(async () => (fixture = await createFixture()));
  after(() => fixture.close());

  it('passes every event of its topics, in its own group', async () => {
    const consumers = fixture.consumers();
    const types: string[] = [];
    consumers.on(noteWritten, async () => void types.push('on'));
    consumers.subscribe({
      topics: [noteWritten.topic],
      groupId: 'audit',
      handler: async ({ type }) => types.push(type),
    });
    consumers.start();
    await fixture.send('a', 'x');
    await fixture.send('a', 'x', { headers: { ce_type: 'note.burnt' } });
    await waitFor(() => types.length === 3);
    assert.deepEqual(types.toSorted(), ['note.burnt', 'note.written', 'on']);
  });
});
