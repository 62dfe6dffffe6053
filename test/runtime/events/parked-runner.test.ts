import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createGroupHandlers } from '../../../src/runtime/events/handling/handlers.ts';
import { defaultSettings } from '../../../src/runtime/events/handling/settings.ts';
import { createConsumerMetrics } from '../../../src/runtime/events/handling/metrics.ts';
import { createParkedRunner } from '../../../src/runtime/events/retry/worker.ts';
import { tryKey, type Attempt, type AttemptOptions } from '../../../src/runtime/events/retry/attempt.ts';
import { appendParked, lockParkedKeys, parkKey } from '../../../src/runtime/events/parking/park.ts';
import { inTransaction } from '../../../src/runtime/database/transaction-failure.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';
import { effectsIn, emptyTables, noteMessage } from './parked-fixture.ts';

const of = { groupId: 'g', topic: noteWritten.topic };
const failed = { reason: 'bug', error: 'no', attempts: 1, nextTryIn: 0 } as const;
const parkedKey = { ...of, key: 'a' };

describe('a parked key', () => {
  let fixture: Fixture;
  before(async () => (fixture = await createFixture(1)));
  after(() => fixture.close());
  beforeEach(() => emptyTables(fixture));

  const effects = (): Promise<string[]> => effectsIn(fixture);
  const keys = async (): Promise<string[]> =>
    fixture.database('event_parked_keys').orderBy('key').pluck('key');

  const park = (ids: string[], key = 'a'): Promise<void> =>
    inTransaction(fixture.database, async (trx) => {
      assert.ok(await parkKey(trx, of, key, failed, 100));
      await appendParked(
        trx,
        of,
        ids.map((id) => noteMessage(id, { key })),
      );
    });

  /** Handles a message like a partition does: behind waiting events, or immediately. */
  const arrive = (id: string, key = 'a'): Promise<string> =>
    inTransaction(fixture.database, async (trx) => {
      const waiting = await lockParkedKeys(trx, of, [key]);
      if (waiting.has(key)) {
        await appendParked(trx, of, [noteMessage(id, { key })]);
        return 'queued';
      }
      await trx('effect').insert({ key, text: id });
      return 'handled';
    });

  function laps(before: (id: string) => Promise<void> = async () => {}, settings = {}): AttemptOptions {
    const handlers = createGroupHandlers();
    handlers.addTopics([of.topic], async ({ id }, trx) => {
      await before(id);
      await trx('effect').insert({ text: id });
    });
    const all = { ...defaultSettings(fixture.config), ...settings };
    return { database: fixture.database, groupId: of.groupId, handlers, settings: all };
  }

  it('is handled in order, and then its new events are handled directly', async () => {
    await park(['1', '2', '3']);
    const lap = await tryKey(laps());
    assert.deepEqual([lap?.handled.length, lap?.finished], [3, true]);
    assert.deepEqual(await effects(), ['1', '2', '3']);
    assert.deepEqual(await keys(), []);
    assert.equal(await tryKey(laps()), undefined);
  });

  it('keeps the effects of the events before the failing one, which is then its first event', async () => {
    await park(['1', '2', '3']);
    const lap = await tryKey(laps(async (id) => (id === '2' ? Promise.reject(new Error('no')) : undefined)));
    assert.deepEqual([lap?.handled.length, lap?.finished, lap?.verdict?.attempts], [1, false, 1]);
    assert.deepEqual(await effects(), ['1']);
    assert.deepEqual(await fixture.database('event_parked').orderBy('id').pluck('event_id'), ['2', '3']);
  });

  it('is handled by exactly one of many replicas, each event once', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => String(index));
    for (const key of ['a', 'b', 'c', 'd'])
      await park(
        ids.map((id) => `${key}${id}`),
        key,
      );
    const options = laps(async () => {}, { batchSize: 7 });
    await Promise.all(
      [1, 2, 3, 4].map(async () => {
        while ((await keys()).length > 0) await tryKey(options);
      }),
    );
    const all = await effects();
    for (const key of ['a', 'b', 'c', 'd']) {
      assert.deepEqual(
        all.filter((text) => text.startsWith(key)),
        ids.map((id) => `${key}${id}`),
      );
    }
    assert.equal(all.length, 240);
  });

  it('accepts new events during an attempt, without waiting', async () => {
    await park(['1']);
    const handler = new EventEmitter();
    const begun = once(handler, 'begun');
    const lap = tryKey(
      laps(async () => {
        handler.emit('begun');
        await once(handler, 'released');
      }),
    );
    await begun;
    assert.equal(await arrive('2'), 'queued');
    handler.emit('released');
    assert.deepEqual([(await lap)?.handled.length, (await lap)?.finished], [1, false]);
    const last = await tryKey(laps(), { key: parkedKey, whole: true });
    assert.equal(last?.finished, true);
    assert.deepEqual(await effects(), ['1', '2']);
  });

  it('loses no event that is appended at the moment when its last event is handled', async () => {
    await park(['1']);
    const appending = await fixture.database.transaction({ isolationLevel: 'read committed' });
    assert.ok((await lockParkedKeys(appending, of, ['a'])).has('a'));
    const lap = await tryKey(laps());
    assert.deepEqual([lap?.emptied, lap?.finished], [true, false]);
    const last = tryKey(laps(), { key: parkedKey, whole: true });
    await waitFor(async () => {
      const { rows } = await fixture.database.raw<{ rows: unknown[] }>(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    await appendParked(appending, of, [noteMessage('2')]);
    await appending.commit();
    assert.deepEqual([(await last)?.handled.length, (await last)?.finished], [1, true]);
    assert.deepEqual(await effects(), ['1', '2']);
    assert.equal(await arrive('3'), 'handled');
  });

  it('stays in order while new events arrive during attempts, at any moment', async () => {
    await park(['0']);
    const ways = new Set([await arrive('1')]);
    const options = laps(async () => {}, { batchSize: 3 });
    const ids = Array.from({ length: 150 }, (_, index) => String(index + 2));
    const arrivals = new AbortController();
    const tried = [1, 2].map(async () => {
      while (!arrivals.signal.aborted || (await keys()).length > 0) {
        const lap: Attempt | undefined = await tryKey(options);
        if (lap?.emptied && !lap.finished) await tryKey(options, { key: parkedKey, whole: true });
      }
    });
    for (const id of ids) {
      if (Number(id) % 40 === 20) await waitFor(async () => (await keys()).length === 0);
      ways.add(await arrive(id));
      if (Number(id) % 40 === 0)
        await inTransaction(fixture.database, (trx) => parkKey(trx, of, 'a', failed, 100));
    }
    arrivals.abort();
    await Promise.all(tried);
    assert.deepEqual(await effects(), ['0', '1', ...ids]);
    assert.deepEqual([...ways].toSorted(), ['handled', 'queued']);
  });

  it('is not retried before its group has started', async () => {
    await park(['1']);
    let looks = 0;
    let looksBefore = 0;
    const options = laps(async () => void (looksBefore = looks));
    const metrics = createConsumerMetrics(new Registry())('g');
    const runner = createParkedRunner({
      ...{ ...options, metrics, logger: fixture.logger, slots: (work) => work() },
      settings: { ...defaultSettings(fixture.config), ...options.settings },
      beforeLook: async () => (looks += 1) > 2,
    });
    runner.start();
    await waitFor(async () => {
      runner.wake();
      return (await effects()).length === 1;
    });
    await runner.stop();
    assert.ok(looksBefore >= 3, `${looksBefore} looks`);
  });

  it('is retried without transactions that find nothing to do', async () => {
    await park(['1', '2']);
    await park(['3'], 'b');
    const options = laps();
    const metrics = createConsumerMetrics(new Registry())('g');
    let transactions = 0; // each one begins with its timeouts
    const count = ({ sql }: { sql: string }): void =>
      void (transactions += sql.includes("set_config('statement_timeout'") ? 1 : 0);
    const runner = createParkedRunner({
      ...{ ...options, metrics, logger: fixture.logger, slots: (work) => work() },
      settings: { ...defaultSettings(fixture.config), ...options.settings },
    });
    fixture.database.on('query', count);
    runner.start();
    await waitFor(async () => (await keys()).length === 0);
    await runner.stop();
    fixture.database.off('query', count);
    assert.deepEqual((await effects()).toSorted(), ['1', '2', '3']);
    assert.equal(transactions, 2);
  });

  it('is not retried by a release that does not consume its topic', async () => {
    await park(['1']);
    const none = { ...laps(), handlers: createGroupHandlers() };
    assert.equal(await tryKey(none), undefined);
  });

  it('whose handler blocks the process until its session ends fails by its deadline', async () => {
    await park(['1', '2']);
    const options = laps(
      async (id) => {
        if (id === '2') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
      },
      { handlerTimeout: 150 },
    );
    const lap = await tryKey(options);
    assert.equal(lap?.failure === undefined || lap.failure.kind === 'timeout', true);
    assert.deepEqual(await effects(), ['1']);
    const next = lap?.failure ? lap : await tryKey(options);
    assert.deepEqual([next?.verdict?.reason, next?.verdict?.attempts], ['timeout', 1]);
  });
});
