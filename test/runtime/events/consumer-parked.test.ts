import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { Registry } from 'prom-client';
import { createHttpClient } from '../../../src/runtime/client.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import type { ConsumerSettings } from '../../../src/runtime/events/handling/settings.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { defineEvent } from '../../../src/runtime/events/event/definition.ts';
import { createFixture, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

const keep: EventHandler<Note> = ({ subject, data }, trx) =>
  trx('effect').insert({ key: subject, text: data.text });

interface KeyRow {
  topic: string;
  key: string;
  state: string;
  reason: string;
  error: string;
  attempts: number;
}

let fixture: Fixture;

const effects = async (): Promise<string[]> => fixture.database('effect').orderBy('id').pluck('text');
const keys = async (): Promise<KeyRow[]> => fixture.database('event_parked_keys').orderBy('key');
const queued = async (): Promise<number> =>
  fixture
    .database('event_parked')
    .pluck('id')
    .then(({ length }) => length);
const position = async (): Promise<number> =>
  Number((await fixture.database('event_positions').first())?.position ?? 0);
const redrive = async (): Promise<unknown> =>
  fixture
    .database('event_parked_keys')
    .update({ state: 'parked', attempts: 0, next_try_at: fixture.database.fn.now() });

/** Parked events wait for a redrive, unless a test sets another delay. */
const longDelay = { parkDelay: { first: 600_000, max: 600_000 } };

function consume(
  handler: EventHandler<Note>,
  settings: Partial<ConsumerSettings> & { registry?: Registry } = longDelay,
): Consumers {
  const consumers = fixture.consumers(settings);
  consumers.on(noteWritten, handler);
  consumers.start();
  return consumers;
}

/** Keeps every note, except failing ones while `failing` returns true. */
function keepUnless(fail: () => unknown, failing: () => boolean = () => true): EventHandler<Note> {
  return async (event, trx) => {
    await keep(event, trx);
    if (event.data.text.startsWith('poison') && failing()) throw fail();
  };
}

/** An address that refuses connections. */
async function addressOfNobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

describe('an event that fails', () => {
  beforeEach(async () => (fixture = await createFixture(1)));
  afterEach(() => fixture.close());

  const kinds: Record<string, { fail: () => unknown; reason: string; attempts: number }> = {
    'a bug': { fail: () => new TypeError('x is not a function'), reason: 'bug', attempts: 1 },
    'a failure': { fail: () => new Error('not today'), reason: 'failure', attempts: 3 },
  };
  for (const [what, { fail, reason, attempts }] of Object.entries(kinds)) {
    it(`by ${what} is parked after ${attempts} tries, with the later ones of its key, and the partition continues`, async () => {
      let failing = true;
      consume(keepUnless(fail, () => failing));
      await fixture.sendMany([
        { key: 'a', text: 'before' },
        { key: 'a', text: 'poison' },
        { key: 'b', text: 'other' },
        { key: 'a', text: 'behind' },
      ]);
      await waitFor(async () => (await position()) === 4);
      assert.deepEqual(await effects(), ['before', 'other']);
      const [key, ...others] = await keys();
      assert.deepEqual(others, []);
      assert.deepEqual([key?.key, key?.state, key?.reason, key?.attempts], ['a', 'parked', reason, attempts]);
      assert.equal(await queued(), 2);
      await fixture.send('a', 'later');
      await waitFor(async () => (await queued()) === 3);
      failing = false;
      await redrive();
      await waitFor(async () => (await keys()).length === 0);
      assert.deepEqual(await effects(), ['before', 'other', 'poison', 'behind', 'later']);
      await fixture.send('a', 'live again');
      await waitFor(async () => (await effects()).at(-1) === 'live again');
      assert.equal(await queued(), 0);
    });
  }

  it('does not block the other keys of its partition, however many events fail', async () => {
    const times = new Map<string, number>();
    consume(
      async ({ data }) => {
        if (!times.has(data.text)) times.set(data.text, performance.now());
        if (data.text.startsWith('poison')) throw new Error('never');
        times.set(data.text, performance.now());
      },
      { ...longDelay, inPlaceTime: 500, inPlaceDelays: [500, 500] },
    );
    await fixture.send('warm', 'up');
    await waitFor(() => times.has('up'));
    const notes = Array.from({ length: 200 }, (_, index) => ({
      key: `k${index}`,
      text: `${index % 5 === 0 ? 'poison' : 'fine'}-${index}`,
    }));
    await fixture.sendMany(notes);
    await waitFor(async () => (await position()) === 201);
    const begun = times.get('poison-0') ?? 0;
    const longest = Math.max(...[...times].map(([, at]) => at - begun));
    // 40 events with two delays each would take 40 s
    assert.ok(longest < 20_000, `the last neighbour came after ${longest} ms`);
    assert.equal((await keys()).length, 40);
  });

  it('at its deadline is parked as a timeout', async () => {
    const released = new EventEmitter();
    consume(
      async (event, trx) => {
        if (event.data.text === 'poison') await once(released, 'end');
        await keep(event, trx);
      },
      { ...longDelay, handlerTimeout: 1_500 },
    );
    await fixture.sendMany([
      { key: 'a', text: 'poison' },
      { key: 'b', text: 'other' },
    ]);
    await waitFor(async () => (await effects()).length === 1);
    released.emit('end');
    const [key] = await keys();
    assert.deepEqual([key?.key, key?.state, key?.reason, key?.attempts], ['a', 'parked', 'timeout', 1]);
    assert.deepEqual(await effects(), ['other']);
  });

  it('is retried with backoff, succeeds, and unblocks its key', async () => {
    let tries = 0;
    consume(
      keepUnless(
        () => new RangeError('not yet'),
        () => (tries += 1) < 4,
      ),
      {},
    );
    await fixture.sendMany(['poison', 'behind'].map((text) => ({ key: 'a', text })));
    await waitFor(async () => (await effects()).length === 2);
    assert.deepEqual(await effects(), ['poison', 'behind']);
    await waitFor(async () => (await keys()).length === 0);
    assert.equal(tries, 4);
  });

  it('is a dead letter at the limit, still blocks its key, and is logged', async () => {
    const registry = new Registry();
    const consumers = consume(
      keepUnless(() => new TypeError('never')),
      { parkedTries: 3, registry },
    );
    await fixture.sendMany(['poison', 'behind'].map((text) => ({ key: 'a', text })));
    const dead = await waitFor(async () => (await keys()).find(({ state }) => state === 'dead'));
    assert.deepEqual([dead.reason, dead.attempts, dead.error], ['bug', 3, 'TypeError: never']);
    assert.equal(await queued(), 2);
    const { msg } = await waitFor(() =>
      fixture.log.find((line) => /dead letter \(bug, 3 tries\)/.test(line.msg)),
    );
    assert.match(msg, /redrives or drops it/);
    await waitFor(() => consumers.status()[0]?.dead === 1);
    const metrics = await registry.metrics();
    assert.match(
      metrics,
      /dead_letters_total\{group="note-service-consumer",topic="note.events",reason="bug"\} 1/,
    );
    assert.match(metrics, /parked_total\{group="[^"]+",topic="note.events",reason="bug"\} 1/);
  });

  it('that cannot be read is a dead letter at once', async () => {
    consume(keep);
    await fixture.send('schema', 'x', { value: '{"text": 7}' });
    await fixture.send('json', 'x', { value: 'not JSON' });
    await fixture.send('version', 'x', { headers: { ce_eventversion: 'newest' } });
    await fixture.sendRaw({ key: 'headers', value: '{"text":"x"}' });
    await fixture.send('utf8', 'x', { value: Buffer.from([0x22, 0xff, 0x22]) });
    await fixture.send('b', 'other');
    await waitFor(async () => (await effects()).length === 1);
    for (const { key, state, reason } of await keys()) {
      assert.deepEqual([key, state, reason], [key, 'dead', 'unreadable']);
    }
    assert.deepEqual(
      (await keys()).map(({ key }) => key),
      ['headers', 'json', 'schema', 'utf8', 'version'],
    );
    assert.match((await keys())[0]?.error ?? '', /has no header ce_type/);
  });

  it('that cannot be read causes no other event to be handled again', async () => {
    const calls: string[] = [];
    await fixture.send('a', 'before');
    await fixture.send('b', 'x', { value: 'not JSON' });
    await fixture.send('b', 'behind');
    await fixture.send('c', 'after');
    consume(async (event, trx) => {
      calls.push(event.data.text);
      await keep(event, trx);
    });
    await waitFor(async () => (await position()) === 4);
    assert.deepEqual(
      [calls, await effects()],
      [
        ['before', 'after'],
        ['before', 'after'],
      ],
    );
    assert.equal(await queued(), 2);
    await waitFor(() => fixture.log.find((line) => /dead letter \(unreadable, 1 try\)/.test(line.msg)));
  });

  it('of an unknown version waits for a release that can read it', async () => {
    // it must not reach its last attempt before the newer release has started
    const older = consume(keep, { parkedTries: 100_000 });
    await fixture.send('a', 'new', { headers: { ce_eventversion: '2' } });
    const parked = await waitFor(async () => (await keys())[0]);
    assert.deepEqual([parked.state, parked.reason], ['parked', 'unknown version']);
    assert.match(parked.error, /arrived in version 2, .* up to 1; add the new version to its definition/);
    const newer = defineEvent({ ...noteWritten, version: 2, upcasts: { 1: (data) => data } });
    const replica = fixture.consumers({}, [newer]);
    replica.on(newer, keep);
    replica.start();
    await waitFor(async () => (await effects()).length === 1);
    await waitFor(async () => (await keys()).length === 0);
    await older.stop();
  });

  it('because a dependency is unavailable pauses the partition and parks nothing', async () => {
    const nobody = await addressOfNobody();
    let down = true;
    let tries = 0;
    consume(async (event, trx) => {
      tries += 1;
      if (down) await fetch(nobody);
      await keep(event, trx);
    });
    await fixture.sendMany(['1', '2', '3'].map((text) => ({ key: text, text })));
    await waitFor(() => tries > 4);
    assert.deepEqual(await keys(), []);
    assert.deepEqual(await effects(), []);
    down = false;
    await waitFor(async () => (await effects()).length === 3);
    assert.deepEqual(await effects(), ['1', '2', '3']);
    assert.deepEqual(await keys(), []);
  });

  it('because a circuit breaker is open pauses the partition, and a probe ends the pause', async () => {
    let [isDown, tries, sent] = [true, 0, 0];
    const client = createHttpClient({
      ...{ name: 'mail', baseUrl: 'https://mail.example', retries: 0 },
      ...{ failureThreshold: 2, recoveryTimeout: 300 },
      fetch: async () => {
        sent += 1;
        if (isDown) throw new TypeError('fetch failed');
        return new Response();
      },
    });
    consume(async (event, trx) => {
      tries += 1;
      await client.post('/mails', { body: event.data, idempotencyKey: event.id });
      await keep(event, trx);
    });
    await fixture.sendMany(['1', '2', '3'].map((text) => ({ key: text, text })));
    await waitFor(() => tries > sent + 2);
    assert.deepEqual([await keys(), await effects()], [[], []]);
    isDown = false;
    await waitFor(async () => (await effects()).length === 3);
    assert.deepEqual([await keys(), await effects()], [[], ['1', '2', '3']]);
  });

  it('because a dependency is unavailable counts no attempt while it is parked', async () => {
    let tries = 0;
    consume(
      keepUnless(() => {
        tries += 1;
        if (tries === 1) return new TypeError('a bug');
        return Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      }),
      { parkedTries: 3, outageDelay: { first: 20, max: 50 } },
    );
    await fixture.send('a', 'poison');
    await waitFor(() => tries > 5);
    const [key] = await keys();
    assert.deepEqual([key?.state, key?.attempts], ['parked', 1]);
  });

  it('by a caught error of a statement is reported, in a batch and when it is parked', async () => {
    let failing = true;
    consume(
      async (event, trx) => {
        await keep(event, trx);
        if (event.data.text === 'poison' && failing) await trx.raw('select 1/0').catch(() => {});
      },
      { parkDelay: { first: 50, max: 100 }, parkedTries: 5 },
    );
    await fixture.sendMany(['before', 'poison', 'after'].map((text) => ({ key: text, text })));
    await waitFor(async () => (await position()) === 3);
    assert.deepEqual(await effects(), ['before', 'after']);
    const dead = await waitFor(async () => (await keys()).find(({ state }) => state === 'dead'));
    assert.deepEqual([dead.key, dead.reason, dead.attempts], ['poison', 'failure', 5]);
    failing = false;
    await redrive();
    await waitFor(async () => (await effects()).length === 3);
  });

  it('at COMMIT is parked too, and handled when it succeeds', async () => {
    await fixture.database.raw('create table parent (id text primary key)');
    await fixture.database.raw(
      'create table child (id text references parent deferrable initially deferred)',
    );
    consume(
      async (event, trx) => {
        await keep(event, trx);
        if (event.data.text === 'poison') await trx('child').insert({ id: 'a' });
      },
      { parkDelay: { first: 50, max: 100 }, parkedTries: 5 },
    );
    await fixture.sendMany(['before', 'poison', 'after'].map((text) => ({ key: text, text })));
    await waitFor(async () =>
      (await keys()).some(({ state, attempts }) => state === 'dead' && attempts === 5),
    );
    assert.deepEqual(await effects(), ['before', 'after']);
    await fixture.database('parent').insert({ id: 'a' });
    await redrive();
    await waitFor(async () => (await effects()).length === 3);
  });

  it('waits under its own key, whatever bytes the key has', async () => {
    let failing = true;
    const value = '{"text":"poison"}';
    const headers = (id: string) => ({ ce_id: id, ce_source: 'test', ce_type: noteWritten.type });
    consume(async ({ id, data }, trx) => {
      if (data.text === 'poison' && failing) throw new TypeError('never\0');
      await trx('effect').insert({ text: id });
    });
    const long = 'k'.repeat(5_000);
    await fixture.sendRaw({ key: Buffer.from([0xff, 0x00]), value, headers: headers('binary') });
    await fixture.sendRaw({ key: 'nul\0', value, headers: headers('nul') });
    await fixture.sendRaw({ key: null, value, headers: headers('none') });
    await fixture.sendRaw({ key: null, value: '{"text":"fine"}', headers: headers('fine') });
    await fixture.sendRaw({
      key: long,
      value,
      headers: { ...headers('long'), 'x-bytes': Buffer.from([0xff, 0]) },
    });
    await fixture.sendRaw({ key: 'n', value, headers: { ...headers('n'), ce_id: 'with\0nul' } });
    await waitFor(async () => (await position()) === 6);
    assert.deepEqual(await effects(), ['fine']);
    const names = (await keys()).map(({ key, state }) => `${key.slice(0, 7)} ${state}`);
    assert.deepEqual(names.toSorted(), [
      '0@2 parked',
      'base64: parked',
      'base64: parked',
      'n dead',
      'sha256: parked',
    ]);
    const raw = await fixture.database('event_parked').whereLike('key', 'base64:/%').first();
    assert.deepEqual(raw.raw_key, Buffer.from([0xff, 0x00]));
    failing = false;
    await fixture.database('event_parked_keys').where('state', 'parked').update({ next_try_at: new Date() });
    await waitFor(async () => (await keys()).length === 1);
    assert.deepEqual((await effects()).toSorted(), ['binary', 'fine', 'long', 'none', 'nul']);
  });

  it('blocks its partition when the maximum of keys is parked, until a key is free', async () => {
    consume(
      keepUnless(() => new TypeError('never')),
      { ...longDelay, parkedKeys: 2 },
    );
    await fixture.sendMany([
      { key: 'a', text: 'poison-1' },
      { key: 'b', text: 'poison-2' },
      { key: 'x', text: 'before' },
      { key: 'c', text: 'poison-3' },
      { key: 'a', text: 'poison-4' },
      { key: 'y', text: 'after' },
    ]);
    await waitFor(() =>
      fixture.log.some(({ msg }) =>
        /already has 2 parked keys, the maximum \(parkedKeys\); redrive or drop/.test(msg),
      ),
    );
    await waitFor(async () => (await effects()).length === 1);
    assert.deepEqual(await effects(), ['before']);
    assert.equal(await position(), 3);
    await fixture.database('event_parked').where('key', 'b').delete();
    await fixture.database('event_parked_keys').where('key', 'b').delete();
    await waitFor(async () => (await position()) === 6);
    assert.deepEqual(await effects(), ['before', 'after']);
    assert.deepEqual(
      (await keys()).map(({ key }) => key),
      ['a', 'c'],
    );
    assert.equal(await queued(), 3);
  });

  it('is skipped when it is redelivered', async () => {
    consume(keepUnless(() => new TypeError('never')));
    const id = await fixture.send('a', 'poison');
    await waitFor(async () => (await queued()) === 1);
    await fixture.sendMany([
      { key: 'a', text: 'poison', id },
      { key: 'b', text: 'other' },
    ]);
    await waitFor(async () => (await effects()).length === 1);
    assert.equal(await queued(), 1);
  });
});
