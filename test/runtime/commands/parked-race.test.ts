import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import {
  findParkedKeys,
  type ParkedKeyRow,
  type ParkedState,
} from '../../../src/runtime/events/operations/parked.ts';
import { dropParked, redriveKey } from '../../../src/runtime/events/operations/change-parked.ts';
import { createFixture, noteWritten, type Fixture, type Note } from '../events/consumer-fixture.ts';
import { runHere } from './operated-service.ts';

const KEYS = 6;
const EVENTS = 20;
const states: ParkedState[] = ['parked', 'dead'];

describe('redrive and drop while the service retries the same keys', function () {
  this.timeout(60_000);
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(2)));
  afterEach(() => fixture.close());

  const settings = {
    parkDelay: { first: 10, max: 50 },
    parkedTries: 3,
    inPlaceDelays: [1],
  };

  function consume(handler: EventHandler<Note>): void {
    const consumers = fixture.consumers(settings);
    consumers.on(noteWritten, handler);
    consumers.start();
  }

  async function keysWaiting(): Promise<ParkedKeyRow[]> {
    const found = await Promise.all(
      states.map((state) => findParkedKeys(fixture.database, { state, of: 'first' }, 100)),
    );
    return found.flatMap(({ keys }) => keys);
  }

  const textOf = ({ value }: { value: Buffer | null }): string =>
    (JSON.parse(String(value)) as { text: string }).text;

  it('lose no event, repeat none, and keep the order of each key', async () => {
    const random = randomOf(Date.now());
    const keep: EventHandler<Note> = async ({ subject, data }, trx) => {
      await trx('effect').insert({ key: subject, text: data.text });
      if (data.text.endsWith('poison') || random() < 0.2) throw new TypeError(`no ${data.text}`);
    };
    consume(keep);
    consume(keep);
    const sent = Array.from({ length: KEYS * EVENTS }, (_, index) => ({
      key: `k${index % KEYS}`,
      text: `${Math.floor(index / KEYS)}${index % 17 === 0 ? ' poison' : ''}`,
    }));
    const dropped = new Map<string, string[]>();

    async function operate(key: ParkedKeyRow): Promise<void> {
      if (random() < 0.5) return void (await redriveKey(fixture.database, key));
      const drop = { of: key, firstRow: key.firstRow, whole: random() < 0.1 };
      const gone: string[] = [];
      const count = await dropParked(fixture.database, drop, (events) => gone.push(...events.map(textOf)));
      assert.equal(gone.length, count ?? 0);
      dropped.set(key.key, [...(dropped.get(key.key) ?? []), ...gone]);
    }

    const done = async (): Promise<boolean> => {
      const handled = Number((await fixture.database('effect').count().first())?.['count']);
      const gone = [...dropped.values()].flat().length;
      return handled + gone >= sent.length && (await keysWaiting()).length === 0;
    };
    for (let start = 0; start < sent.length; start += 60)
      await fixture.sendMany(sent.slice(start, start + 60));
    await waitFor(
      async () => {
        await Promise.all((await keysWaiting()).map(operate));
        return done();
      },
      { timeout: 50_000, message: 'every event handled or dropped' },
    );

    const effects: { key: string; text: string }[] = await fixture.database('effect').orderBy('id');
    for (const key of new Set(sent.map((event) => event.key))) {
      const all = sent.filter((event) => event.key === key).map(({ text }) => text);
      const gone = dropped.get(key) ?? [];
      assert.equal(new Set(gone).size, gone.length, `${key}: dropped twice`);
      assert.deepEqual(
        effects.filter((effect) => effect.key === key).map(({ text }) => text),
        all.filter((text) => !gone.includes(text)),
        `${key}: handled`,
      );
    }
    assert.ok([...dropped.values()].flat().length > 0, 'something was dropped');
  });

  it('drop by command deletes the event, and the key continues in the running service', async () => {
    consume(async ({ subject, data }, trx) => {
      if (data.text === 'poison') throw new TypeError('x is not a function');
      await trx('effect').insert({ key: subject, text: data.text });
    });
    const variables = {
      SERVICE_NAME: 'note-service',
      DATABASE_URL: fixture.config.databaseUrl,
      KAFKA_BOOTSTRAP_SERVERS: String(fixture.config.kafka.bootstrapServers),
    };
    const id = await fixture.send('a', 'poison');
    await fixture.sendMany(['first', 'second'].map((text) => ({ key: 'a', text })));
    await waitFor(async () =>
      (await keysWaiting()).some(({ state, events }) => state === 'dead' && events === 3),
    );
    const listed = await runHere(['dead-letters', 'list'], '.', variables);
    assert.match(
      listed.stdout,
      /\nnote-service-consumer  note.events  a    bug  .* 3  note.written  .* x is not a function\n/,
    );
    const dropped = await runHere(['dead-letters', 'drop', '--id', id, '--yes'], '.', variables);
    assert.match(dropped.stdout, /"text": "poison"/);
    await waitFor(async () => (await keysWaiting()).length === 0);
    assert.deepEqual(await fixture.database('effect').orderBy('id').pluck('text'), ['first', 'second']);
  });

  it('wait for a running attempt, and do not change a key that has moved on meanwhile', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let tries = 0;
    consume(async ({ subject, data }, trx) => {
      if (data.text === 'first' && (tries += 1) === 1) throw new TypeError('not yet');
      if (data.text === 'first') await held;
      await trx('effect').insert({ key: subject, text: data.text });
    });
    await fixture.sendMany(['first', 'second'].map((text) => ({ key: 'a', text })));
    await waitFor(() => tries === 2);
    const [key] = await waitFor(async () => {
      const keys = await keysWaiting();
      return keys[0]?.events === 2 ? keys : undefined;
    });
    assert.ok(key);
    let settled = false;
    const dropping = dropParked(fixture.database, { of: key, firstRow: key.firstRow, whole: true }, () => {
      assert.fail('what was handled must not be dropped');
    }).finally(() => (settled = true));
    await waitFor(async () => {
      const { rows } = await fixture.database.raw(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length === 1;
    });
    assert.equal(settled, false);
    release();
    assert.equal(await dropping, undefined);
    await waitFor(async () => (await fixture.database('effect').select()).length === 2);
    assert.deepEqual(await fixture.database('effect').orderBy('id').pluck('text'), ['first', 'second']);
  });
});

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
