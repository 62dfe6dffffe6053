import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { EffectHandler } from '../../../src/runtime/events/handling/handler.ts';
import { createFixture, noteBurnt, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

const atLeastOnce = { delivery: 'at-least-once' } as const;

describe('bus.on with { delivery: "at-least-once" }', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(1)));
  afterEach(() => fixture.close());

  function consume(handler: EffectHandler<Note>, settings = {}): string[] {
    const inside: string[] = [];
    const consumers = fixture.consumers(settings, [noteWritten, noteBurnt]);
    consumers.on(noteWritten, handler, atLeastOnce);
    consumers.on(noteBurnt, async ({ data }, trx) => {
      await trx('effect').insert({ text: data.text });
      inside.push(data.text);
    });
    consumers.start();
    return inside;
  }

  const position = async (): Promise<number> =>
    Number((await fixture.database('event_positions').first())?.position ?? 0);
  const parked = (): Promise<string[]> => fixture.database('event_parked_keys').orderBy('key').pluck('key');

  it('passes the same idempotency key each time, and holds no transaction while the handler runs', async () => {
    const calls: unknown[] = [];
    consume(async (event, ...rest) => {
      const open = await fixture.database
        .raw<{ rows: unknown[] }>(
          `select from pg_locks where relation = 'event_positions'::regclass and mode = 'RowExclusiveLock'`,
        )
        .then(({ rows }) => rows.length);
      calls.push([event.id, ...rest, open]);
    });
    const id = await fixture.send('a', 'x');
    await waitFor(async () => (await position()) === 1);
    assert.deepEqual(calls, [[id, `test/${id}`, 0]]);
    assert.deepEqual(await fixture.database('event_inbox').pluck('event_id'), [id]);
  });

  it('keeps the order with events that are handled in transactions, and records each', async () => {
    const order: string[] = [];
    const consumers = fixture.consumers({}, [noteWritten, noteBurnt]);
    consumers.on(noteWritten, async ({ data }) => order.push(data.text), atLeastOnce);
    consumers.on(noteBurnt, async ({ data }) => order.push(data.text));
    const texts = Array.from({ length: 30 }, (_, index) => String(index));
    for (const text of texts) {
      const type = Number(text) % 3 === 0 ? noteWritten.type : noteBurnt.type;
      await fixture.send('a', text, { headers: { ce_type: type } });
    }
    consumers.start();
    await waitFor(async () => (await position()) === 30);
    assert.deepEqual(order, texts);
    assert.equal((await fixture.database('event_inbox')).length, 30);
  });

  it('handles a redelivered event only once', async () => {
    let calls = 0;
    consume(async () => (calls += 1));
    const id = await fixture.send('a', 'x');
    await fixture.send('a', 'x', { id });
    await waitFor(async () => (await position()) === 2);
    assert.equal(calls, 1);
  });

  it('retries with the same idempotency key, in place and parked, while later events of the key wait', async () => {
    const calls: string[] = [];
    const inside = consume(
      async ({ data }, idempotencyKey) => {
        calls.push(`${data.text} ${idempotencyKey}`);
        if (data.text === 'poison' && calls.length < 5) throw new Error('no');
      },
      { parkDelay: { first: 300, max: 300 } },
    );
    const id = await fixture.send('a', 'poison');
    const behind = await fixture.send('a', 'behind');
    await fixture.send('a', 'last', { headers: { ce_type: noteBurnt.type } });
    await fixture.send('b', 'other', { headers: { ce_type: noteBurnt.type } });
    await waitFor(() => inside.length === 2);
    assert.deepEqual(inside, ['other', 'last']);
    const again = Array.from({ length: 5 }, () => `poison test/${id}`);
    assert.deepEqual(calls, [...again, `behind test/${behind}`]);
    await waitFor(async () => (await parked()).length === 0);
  });

  it('retries and parks nothing when the event cannot be recorded as handled', async () => {
    let calls = 0;
    consume(async () => {
      calls += 1;
      if (calls > 1) return;
      // the server ends every other session, including the one that is about to record the event
      await fixture.database.raw(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    });
    await fixture.send('a', 'x');
    await waitFor(async () => (await position()) === 1);
    assert.equal(calls, 2);
    assert.deepEqual(await parked(), []);
  });
});
