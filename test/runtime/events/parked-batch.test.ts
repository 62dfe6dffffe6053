import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Knex } from 'knex';
import type { EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import { createGroupHandlers, type GroupHandlers } from '../../../src/runtime/events/handling/handlers.ts';
import { defaultSettings } from '../../../src/runtime/events/handling/settings.ts';
import { appendParked, parkKey } from '../../../src/runtime/events/parking/park.ts';
import { tryKey, type Attempt, type AttemptOptions } from '../../../src/runtime/events/retry/attempt.ts';
import { inTransaction } from '../../../src/runtime/database/transaction-failure.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';
import { effectsIn, emptyTables, noteMessage } from './parked-fixture.ts';

const of = { groupId: 'g', topic: noteWritten.topic };
const MiB = 1024 * 1024;

interface Waiting {
  id: string;
  bytes?: number;
}

describe('the events of a parked key', () => {
  let fixture: Fixture;
  before(async () => (fixture = await createFixture(1)));
  after(() => fixture.close());
  beforeEach(() => emptyTables(fixture));

  const effects = (): Promise<string[]> => effectsIn(fixture);
  const queue = async (): Promise<string[]> =>
    fixture.database('event_parked').orderBy('id').pluck('event_id');

  const notes = (count: number, bytes = 0): Waiting[] =>
    Array.from({ length: count }, (_, index) => ({ id: String(index + 1), bytes }));

  /** `attempts` is the number of times that the first event has failed. */
  const park = (waiting: Waiting[], attempts: number): Promise<void> =>
    inTransaction(fixture.database, async (trx) => {
      const verdict = { reason: 'bug', error: 'no', attempts, nextTryIn: 0 } as const;
      assert.ok(await parkKey(trx, of, 'a', verdict, 100));
      const messages = waiting.map(({ id, bytes = 0 }) => noteMessage(id, { offset: id, bytes }));
      await appendParked(trx, of, messages);
    });

  function optionsOf(handlers: GroupHandlers, settings = {}): AttemptOptions {
    const unhurried = { parkDelay: { first: 0, max: 0 }, batchTimeout: 60_000 };
    const all = { ...defaultSettings(fixture.config), ...unhurried, ...settings };
    return { database: fixture.database, groupId: of.groupId, handlers, settings: all };
  }

  /** Each event has its effect, and then `next` decides. */
  function handledBy(next: (id: string, trx: Knex.Transaction) => unknown, settings = {}): AttemptOptions {
    const handlers = createGroupHandlers();
    handlers.addTopics([of.topic], async ({ id }, trx) => {
      await trx('effect').insert({ text: id });
      await next(id, trx);
    });
    return optionsOf(handlers, settings);
  }

  const failsAt =
    (...ids: string[]) =>
    (id: string): void => {
      if (ids.includes(id)) throw new Error(`${id} fails`);
    };

  async function untilFinished(options: AttemptOptions): Promise<Attempt[]> {
    const attempts: Attempt[] = [];
    while (!attempts.at(-1)?.finished) {
      const attempt = await tryKey(options);
      assert.ok(attempt && !attempt.failure);
      attempts.push(attempt);
    }
    return attempts;
  }

  /** The statements of `work`, and the bytes of values in their results. */
  async function watched(work: () => Promise<unknown>): Promise<{ statements: string[]; bytes: number }> {
    const seen = { statements: [] as string[], bytes: 0 };
    const note = (result: { rows?: { value?: unknown }[] }, { sql }: { sql: string }): void => {
      seen.statements.push(sql);
      for (const { value } of result.rows ?? []) if (Buffer.isBuffer(value)) seen.bytes += value.length;
    };
    fixture.database.on('query-response', note);
    await work().finally(() => fixture.database.off('query-response', note));
    return seen;
  }

  it('are not read while the first one fails', async () => {
    await park(notes(20, MiB / 8), 3);
    const { bytes } = await watched(() => tryKey(handledBy(failsAt('1'))));
    assert.ok(bytes > 0 && bytes < MiB / 4, `${bytes} bytes were read`);
    assert.equal((await queue()).length, 20);
    const [attempt] = await untilFinished(handledBy(() => {}));
    assert.equal(attempt?.handled.length, 20);
    assert.deepEqual(
      await effects(),
      notes(20).map(({ id }) => id),
    );
  });

  it('are read at most 4 MiB at a time, a larger event alone, and all in order', async () => {
    const sizes = [1, 3 * MiB, MiB / 2, MiB, 5 * MiB, 1, MiB, 3.5 * MiB, 1];
    const waiting = sizes.map((bytes, index) => ({ id: String(index), bytes }));
    await park(waiting, 0);
    const batches: number[] = [];
    const { bytes } = await watched(async () => {
      const attempts = await untilFinished(handledBy(() => {}));
      batches.push(...attempts.map(({ handled }) => handled.length));
      assert.deepEqual(
        attempts.map(({ emptied }) => emptied),
        attempts.map(({ finished }) => finished),
      );
    });
    assert.deepEqual(batches, [3, 1, 1, 2, 2]);
    assert.ok(bytes < 15 * MiB, `${bytes} bytes were read`);
    assert.deepEqual(
      await effects(),
      waiting.map(({ id }) => id),
    );
  });

  it('share one savepoint, and the next batch follows in another transaction', async () => {
    await park(notes(30), 0);
    const options = handledBy(() => {}, { batchSize: 20 });
    const { statements } = await watched(() => tryKey(options));
    assert.ok(statements.filter((sql) => /^savepoint/i.test(sql)).length <= 2, statements.join('\n'));
    assert.equal((await effects()).length, 20);
    await untilFinished(options);
    assert.deepEqual(
      await effects(),
      notes(30).map(({ id }) => id),
    );
  });

  it('before a failing event are handled, and the failing event reaches its handler twice', async () => {
    await park(notes(4), 0);
    const calls: string[] = [];
    const attempt = await tryKey(
      handledBy((id) => {
        calls.push(id);
        failsAt('3')(id);
      }),
    );
    assert.deepEqual([attempt?.handled.length, attempt?.verdict?.attempts, attempt?.emptied], [2, 1, false]);
    assert.match(attempt?.failure?.message ?? '', /@3 could not be handled: 3 fails/);
    assert.deepEqual(calls, ['1', '2', '3', '1', '2', '3']);
    assert.deepEqual(
      [await effects(), await queue()],
      [
        ['1', '2'],
        ['3', '4'],
      ],
    );
  });

  it('before an event that cannot be read are handled', async () => {
    await park(notes(3), 0);
    await fixture
      .database('event_parked')
      .where('event_id', '2')
      .update({ value: Buffer.from('not JSON') });
    const attempt = await tryKey(handledBy(() => {}));
    assert.deepEqual([attempt?.handled.length, attempt?.verdict?.reason], [1, 'unreadable']);
    assert.deepEqual([await effects(), await queue()], [['1'], ['2', '3']]);
  });

  it('after an event that catches the error of a statement do not count as failed', async () => {
    for (const last of ['2', '3']) {
      await fixture.database('effect').delete();
      await park(notes(3), 0);
      const attempt = await tryKey(
        handledBy(async (id, trx) => {
          if (id === last) await trx.raw('select 1/0').catch(() => {});
        }),
      );
      assert.match(attempt?.failure?.message ?? '', new RegExp(`@${last} could not be handled`));
      assert.equal((await effects()).length, Number(last) - 1);
      for (const table of ['event_parked', 'event_parked_keys']) await fixture.database(table).delete();
    }
  });

  it('have no effect from a handler that continues after its deadline', async () => {
    await park(notes(2), 0);
    const late = new EventEmitter();
    const writes: Promise<unknown>[] = [];
    const attempt = await tryKey(
      handledBy(
        async (id, trx) => {
          if (id !== '2') return;
          const write = once(late, 'end').then(() => trx('effect').insert({ text: 'too late' }));
          writes.push(write);
          await write;
        },
        { handlerTimeout: 300 },
      ),
    );
    late.emit('end');
    for (const { status } of await Promise.allSettled(writes)) assert.equal(status, 'rejected');
    assert.deepEqual([writes.length, attempt?.verdict?.reason], [2, 'timeout']);
    assert.deepEqual(await effects(), ['1']);
  });

  it('that exceed the time of a batch are committed, and the others follow', async () => {
    await park(notes(30), 0);
    const attempts = await untilFinished(handledBy(() => {}, { batchTimeout: 1 }));
    assert.ok(attempts.length > 1 && attempts.every(({ handled }) => handled.length > 0));
    assert.deepEqual(
      await effects(),
      notes(30).map(({ id }) => id),
    );
  });

  it('have an effect outside of the database once, even if a later event fails', async () => {
    await park(notes(3), 0);
    const sent: string[] = [];
    const handlers = createGroupHandlers();
    handlers.add(noteWritten, {
      delivery: 'at-least-once',
      handler: async ({ id }) => {
        sent.push(id);
        failsAt('3')(id);
      },
    });
    const attempt = await tryKey(optionsOf(handlers));
    assert.equal(attempt?.handled.length, 2);
    assert.deepEqual(sent, ['1', '2', '3']);
  });

  it('that conflict with another transaction are retried at once', async () => {
    await park(notes(3), 0);
    let conflicts = 0;
    const conflict: EventHandler = async ({ id }, trx) => {
      await trx('effect').insert({ text: id });
      if (id === '2' && (conflicts += 1) <= 3)
        await trx.raw(`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`);
    };
    const handlers = createGroupHandlers();
    handlers.addTopics([of.topic], conflict);
    const attempt = await tryKey(optionsOf(handlers));
    assert.deepEqual([attempt?.handled.length, attempt?.finished], [3, true]);
    assert.deepEqual(await effects(), ['1', '2', '3']);
  });

  it('of many keys are tried at most 25 times a second while a dependency is unavailable', async () => {
    await park(notes(1), 3);
    await fixture.database.raw(
      `insert into event_parked_keys (consumer_group, topic, key, state, reason, error, attempts, next_try_at)
       select ?, ?, 'other-' || key, 'parked', 'bug', 'no', 1, now() + interval '1 hour'
       from generate_series(1, 999) as key`,
      [of.groupId, of.topic],
    );
    const unavailable = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const options = handledBy(() => Promise.reject(unavailable), {
      parkDelay: { first: 1_000, max: 300_000 },
    });
    const attempt = await tryKey(options);
    assert.deepEqual([attempt?.failure?.kind, attempt?.verdict], ['unreachable', undefined]);
    const { rows } = await fixture.database.raw<{ rows: { wait: number; attempts: number }[] }>(
      `select extract(epoch from next_try_at - updated_at)::float8 as wait, attempts
       from event_parked_keys where key = 'a'`,
    );
    const [row] = rows;
    assert.ok(row && row.wait >= 40 && row.wait <= 60, `${row?.wait} s`);
    assert.equal(row.attempts, 3);
  });
});
