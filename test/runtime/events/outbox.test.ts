import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { runInContext } from '../../../src/runtime/context/context.ts';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { LOCK_SPACE } from '../../../src/runtime/events/outbox/insert.ts';
import { createOutbox, type Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { down, up } from '../../../src/runtime/tables/event-outbox.ts';
import { createOutboxDatabase, orderPlaced, type OutboxDatabase } from './outbox-fixture.ts';

const placed = (id: string, total = 1) => orderPlaced.of(id, { id, total });
/** A transaction, or a savepoint in it, with its steps in order. */
interface Nested {
  steps: ('publish' | Nested)[];
  fails: boolean;
}
const { nested } = fc.letrec<{ nested: Nested }>((tie) => ({
  nested: fc.record({
    steps: fc.array(fc.oneof({ maxDepth: 3 }, fc.constant('publish' as const), tie('nested')), {
      maxLength: 4,
    }),
    fails: fc.boolean(),
  }),
}));
const insertOrder = (trx: Knex.Transaction, id: string) => trx('orders').insert({ id, total: 1 });

describe('publish', () => {
  let world: OutboxDatabase;
  let database: Knex;
  let outbox: Outbox;
  let woken: number[][];

  const saved = async (): Promise<string[]> => database('event_outbox').orderBy('id').pluck('key');

  const broken = async (work: () => Promise<void>): Promise<void> => {
    await database.raw('alter table event_outbox add constraint broken check (false) not valid');
    try {
      await work();
    } finally {
      await database.raw('alter table event_outbox drop constraint broken');
    }
  };
  const row = () => database('event_outbox').first('topic', 'key', 'headers', 'payload');
  const publishAll = (keys: string[]) =>
    database.transaction(async (trx) => {
      for (const key of keys) await outbox.publish(placed(key), trx);
    });

  before(async () => {
    world = await createOutboxDatabase();
    database = world.database;
  });
  after(() => world.close());
  beforeEach(async () => {
    await database('event_outbox').delete();
    await database('orders').delete();
    woken = [];
    outbox = createOutbox({
      database,
      contracts: { published: [orderPlaced] },
      serviceName: 'order-service',
    });
    outbox.onCommit((lanes) => void woken.push([...lanes]));
  });

  describe('in a transaction', () => {
    it('saves nothing before the end, then all in order, and wakes the relay after COMMIT', async () => {
      await database.transaction(async (trx) => {
        for (const id of ['b', 'a', 'c', 'a']) await outbox.publish(placed(id), trx);
        assert.deepEqual(await trx('event_outbox').pluck('key'), []);
        assert.deepEqual(woken, []);
      });
      assert.deepEqual(await saved(), ['b', 'a', 'c', 'a']);
      const lanes = new Set(await database('event_outbox').pluck<number[]>('lane'));
      assert.deepEqual(
        woken.map((each) => new Set(each)),
        [lanes],
      );
    });

    it('saves with an explicit commit, and with a transaction provider', async () => {
      const explicit = await database.transaction();
      await outbox.publish(placed('explicit'), explicit);
      await explicit.commit();
      const provided = await database.transactionProvider()();
      await outbox.publish(placed('provided'), provided);
      await provided.commit();
      assert.deepEqual(await saved(), ['explicit', 'provided']);
    });

    it('saves if commit was read from the transaction before the first publish', async () => {
      await database.transaction((trx) => {
        nextTurn()
          .then(() => outbox.publish(placed('detached'), trx))
          .then(trx.commit.bind(trx), trx.rollback.bind(trx));
      });
      assert.deepEqual(await saved(), ['detached']);
    });

    it('saves nothing when the callback throws, and when it is rolled back without an error', async () => {
      const failing = database.transaction(async (trx) => {
        await outbox.publish(placed('lost'), trx);
        throw new Error('no');
      });
      await assert.rejects(failing, /no/);
      const trx = await database.transaction();
      await outbox.publish(placed('lost'), trx);
      await trx.rollback();
      assert.deepEqual(await saved(), []);
      assert.deepEqual(woken, []);
    });

    it('saves the events of each of two outboxes', async () => {
      const contracts = { published: [orderPlaced] };
      const second = createOutbox({ database, contracts, serviceName: 'second-service' });
      await database.transaction(async (trx) => {
        await outbox.publish(placed('first'), trx);
        await second.publish(placed('second'), trx);
      });
      assert.deepEqual(await saved(), ['first', 'second']);
    });

    it('resolves to the result of the callback', async () => {
      const result = await database.transaction(async (trx) => {
        await outbox.publish(placed('a'), trx);
        return 42;
      });
      assert.equal(result, 42);
    });

    it('counts events that are published without being awaited', async () => {
      await database.transaction(async (trx) => {
        void outbox.publish(placed('eager'), trx);
      });
      assert.deepEqual(await saved(), ['eager']);
    });

    it('saves more events than fit into one statement', async () => {
      await database.transaction(async (trx) => {
        for (let n = 0; n < 2_500; n += 1) await outbox.publish(placed(`key-${n}`), trx);
      });
      assert.deepEqual(
        await saved(),
        Array.from({ length: 2_500 }, (_, n) => `key-${n}`),
      );
    });
  });

  describe('in a savepoint', () => {
    it('drops the events published in it when it is rolled back, and keeps the rest in order', async () => {
      await database.transaction(async (trx) => {
        await outbox.publish(placed('first'), trx);
        await assert.rejects(
          trx.transaction(async (savepoint) => {
            await outbox.publish(placed('dropped'), savepoint);
            await savepoint.transaction((inner) => outbox.publish(placed('dropped too'), inner));
            throw new Error('no');
          }),
        );
        await trx.transaction(async (savepoint) => {
          await savepoint.transaction((inner) => outbox.publish(placed('second'), inner));
          await outbox.publish(placed('third'), savepoint);
        });
        const explicit = await trx.transaction();
        await outbox.publish(placed('dropped as well'), explicit);
        await explicit.rollback();
        const kept = await trx.transaction();
        await outbox.publish(placed('fourth'), kept);
        await kept.commit();
      });
      assert.deepEqual(await saved(), ['first', 'second', 'third', 'fourth']);
    });

    it('saves what it publishes exactly when every savepoint around it is released, at any depth', () =>
      fc.assert(
        fc.asyncProperty(nested, async (whole) => {
          await database('event_outbox').delete();
          await database('orders').delete();
          let count = 0;
          const run = async ({ steps, fails }: Nested, outer: Knex): Promise<string[]> => {
            const kept: string[] = [];
            const ended = outer.transaction(async (trx) => {
              for (const step of steps) {
                if (step !== 'publish') {
                  kept.push(...(await run(step, trx)));
                  continue;
                }
                const id = String((count += 1));
                await insertOrder(trx, id);
                await outbox.publish(placed(id), trx);
                kept.push(id);
              }
              if (fails) throw new Error('no');
            });
            if (!fails) return ended.then(() => kept);
            await assert.rejects(ended, /^Error: no$/);
            return [];
          };
          const kept = await run(whole, database);
          assert.deepEqual(await saved(), kept);
          assert.deepEqual(new Set(await database('orders').pluck<string[]>('id')), new Set(kept));
        }),
        { numRuns: 40 },
      ));

    it('drops the events published in it when the transaction around it is rolled back', async () => {
      const failing = database.transaction(async (trx) => {
        await trx.transaction((savepoint) => outbox.publish(placed('a'), savepoint));
        throw new Error('no');
      });
      await assert.rejects(failing, /no/);
      assert.deepEqual(await saved(), []);
    });
  });

  describe('when it cannot be saved', () => {
    it('rolls back and rejects, in every form of transaction, and the pool stays usable', async () => {
      await broken(async () => {
        const callback = database.transaction(async (trx) => {
          await insertOrder(trx, 'callback');
          await outbox.publish(placed('callback'), trx);
        });
        await assert.rejects(callback, /broken/);
        const trx = await database.transaction();
        await insertOrder(trx, 'explicit');
        await outbox.publish(placed('explicit'), trx);
        await assert.rejects(async () => trx.commit(), /broken/);
        const detached = database.transaction((old) => {
          insertOrder(old, 'detached')
            .then(() => outbox.publish(placed('detached'), old))
            .then(old.commit.bind(old), old.rollback.bind(old));
        });
        await assert.rejects(detached, /broken/);
      });
      assert.deepEqual(await database('orders').pluck('id'), []);
      const { rows } = await database.raw(
        `select count(*)::int as open from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()`,
      );
      assert.equal(rows[0].open, 0);
    });

    it('rejects the transaction if its commit is not awaited', () =>
      broken(async () => {
        const careless = database.transaction((trx) => {
          void outbox.publish(placed('careless'), trx);
          void trx.commit();
        });
        await assert.rejects(careless, /broken/);
      }));

    it('rejects without a transaction', () =>
      broken(async () => {
        await assert.rejects(outbox.publish(placed('alone')), /broken/);
        assert.deepEqual(woken, []);
      }));

    it('rejects the commit of a transaction whose error was swallowed', async () => {
      const spoilt = database.transaction(async (trx) => {
        await insertOrder(trx, 'spoilt');
        await trx.raw('select 1/0').catch(() => undefined);
        await outbox.publish(placed('spoilt'), trx);
      });
      await assert.rejects(spoilt, { code: '25P02' });
    });

    it('rejects an explicit commit that a deferred constraint fails', async () => {
      await database.raw('create table late (id int unique deferrable initially deferred)');
      const trx = await database.transaction();
      await trx('late').insert([{ id: 1 }, { id: 1 }]);
      await outbox.publish(placed('late'), trx);
      await assert.rejects(async () => trx.commit(), { code: '23505' });
      assert.deepEqual(await saved(), []);
      assert.deepEqual(woken, []);
    });
  });

  describe('after the end of the transaction', () => {
    it('rejects, and names the remedy', async () => {
      const trx = await database.transaction();
      await outbox.publish(placed('a'), trx);
      const committing = trx.commit();
      await assert.rejects(outbox.publish(placed('late'), trx), /await publish before the transaction ends/);
      await committing;
      await assert.rejects(outbox.publish(placed('later'), trx), /already committed or rolled back/);
      assert.deepEqual(await saved(), ['a']);
    });

    it('rejects a value that is not a transaction', async () => {
      const wrong = database as Knex.Transaction;
      await assert.rejects(
        outbox.publish(placed('a'), wrong),
        /the argument is not a Knex transaction; pass trx, or omit the argument/,
      );
    });

    it('does not use the connection when commit is called again', async () => {
      const trx = await database.transaction();
      await outbox.publish(placed('a'), trx);
      await trx.commit();
      await trx.commit().catch(() => undefined);
      await trx.rollback().catch(() => undefined);
      assert.deepEqual(await saved(), ['a']);
    });
  });

  describe('without a transaction', () => {
    it('saves at once, and wakes the relay', async () => {
      await outbox.publish(placed('alone'));
      assert.deepEqual(await saved(), ['alone']);
      assert.equal(woken.length, 1);
    });

    it('retries when PostgreSQL breaks a deadlock', async () => {
      await database.raw(`create sequence attempts; create function fail_twice() returns trigger language plpgsql as $$
        begin if nextval('attempts') < 3 then raise exception using errcode = '40P01'; end if; return new; end $$;
        create trigger deadlock before insert on event_outbox for each row execute function fail_twice()`);
      try {
        await outbox.publish(placed('stubborn'));
      } finally {
        await database.raw('drop trigger deadlock on event_outbox');
      }
      assert.deepEqual(await saved(), ['stubborn']);
    });
  });

  describe('the plan of its statement', () => {
    const plans = async (session: boolean): Promise<string[]> => {
      const single = connectDatabase({ databaseUrl: world.url, databasePoolMax: 1, serviceName: 'order' });
      const contracts = { published: [orderPlaced] };
      const { publish } = createOutbox({ database: single, contracts, serviceName: 'order', session });
      try {
        await publish(placed('alone'));
        await single.transaction((trx) => publish(placed('together'), trx));
        return await single('pg_prepared_statements').pluck('name');
      } finally {
        await single.destroy();
      }
    };

    it('is kept by a session, unless a pooler may be in between', async () => {
      assert.deepEqual(await plans(true), ['outbox_insert']);
      assert.deepEqual(await plans(false), []);
      assert.deepEqual(await saved(), ['alone', 'together', 'alone', 'together']);
    });
  });

  describe('an event', () => {
    it('is a CloudEvent that continues the chain of causes', async () => {
      const context = {
        requestId: 'r',
        correlationId: 'c',
        causationId: 'e',
        traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
      };
      await runInContext(context, () => outbox.publish(placed('7', 9.5)));
      const { topic, key, headers, payload } = await row();
      const { ce_id: id, ce_time: time, ...rest } = headers;
      assert.match(id, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/);
      assert.equal(new Date(time).toISOString(), time);
      assert.deepEqual(
        { topic, key, payload },
        { topic: 'order.events', key: '7', payload: '{"id":"7","total":9.5}' },
      );
      assert.deepEqual(rest, {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_type: 'order.placed',
        ce_source: 'order-service',
        ce_subject: '7',
        ce_aggregatetype: 'order',
        ce_eventversion: '1',
        ce_correlationid: 'c',
        ce_causationid: 'e',
        ce_traceparent: context.traceparent,
        traceparent: context.traceparent,
      });
    });

    it('starts a new chain if no event or request caused it', async () => {
      await outbox.publish(placed('7'));
      const { headers } = await row();
      assert.equal(headers.ce_correlationid, headers.ce_id);
      assert.equal('ce_causationid' in headers, false);
      assert.match(headers.traceparent, /^00-/);
    });

    it('is published whatever its context carries, without the ids that could not be passed on', async () => {
      for (const odd of ['a\0b', 'a\ud800', 'c'.repeat(1_000_000)]) {
        await database('event_outbox').delete();
        const context = { requestId: odd, correlationId: odd, causationId: odd, traceparent: odd };
        await runInContext(context, () => outbox.publish(placed('7')));
        const { headers } = await row();
        assert.equal(headers.ce_correlationid, headers.ce_id);
        assert.equal('ce_causationid' in headers, false);
        assert.match(headers.traceparent, /^00-/);
      }
    });

    it('is refused at once when it exceeds the size limit, with the name of the setting', async () => {
      const small = createOutbox({
        database,
        contracts: { published: [] },
        serviceName: 's',
        maxEventBytes: 2_000,
      });
      const data = { text: 'x'.repeat(2_000) };
      await assert.rejects(
        small.publish('order.events', { type: 'order.placed', data }, { key: 'k' }),
        /cannot publish order\.placed to order\.events of k: it has 2\d{3} bytes, and KAFKA_MAX_EVENT_BYTES is 2000; store the data elsewhere/,
      );
      const long = 'k'.repeat(2_000);
      await assert.rejects(
        small.publish('order.events', { type: 'order.placed', data: {} }, { key: long }),
        (error: Error) => error.message.length < 1_000 && error.message.includes('KAFKA_MAX_EVENT_BYTES'),
      );
      assert.deepEqual(await database('event_outbox').pluck('key'), []);
    });

    it('is refused when its key or its type is not text, which PostgreSQL could not hold', async () => {
      await assert.rejects(
        outbox.publish(orderPlaced.of('a\ud800', { id: 'a', total: 1 })),
        /its key, the aggregate's id, is "a\\ud800"/,
      );
      await assert.rejects(
        outbox.publish('a', { type: 'a.\0', data: 1 }, { key: 'k' }),
        /its ce_type contains NUL or a lone surrogate/,
      );
    });

    it('may have no definition', async () => {
      await outbox.publish(
        'audit.log',
        { type: 'audit.noted', version: 3, data: { by: 'me' } },
        { key: 'k' },
      );
      const { topic, key, headers, payload } = await row();
      assert.deepEqual([topic, key, payload], ['audit.log', 'k', '{"by":"me"}']);
      assert.deepEqual([headers.ce_eventversion, headers.ce_aggregatetype], ['3', 'audit']);
    });

    it('is refused when it breaks its schema, and the message names every field', async () => {
      const wrong = { id: 1, total: '2', color: 'red' } as unknown as { id: string; total: number };
      await assert.rejects(outbox.publish(orderPlaced.of('1', wrong)), (error: Error) => {
        assert.match(error.message, /order\.placed version 1 was not published/);
        for (const field of ['"id"', '"total"', '"color"'])
          assert.ok(error.message.includes(field), error.message);
        return true;
      });
    });

    it('is refused when the contracts do not name it, when it has no key, and when Kafka would refuse it', async () => {
      const stranger = createOutbox({ database, contracts: { published: [] }, serviceName: 's' });
      await assert.rejects(stranger.publish(placed('1')), /add its definition to contracts\.published/);
      await assert.rejects(
        outbox.publish('a', { type: 'a.b', data: 1 }, { key: '' }),
        /its key, the aggregate's id, is ""/,
      );
      await assert.rejects(
        outbox.publish('a topic', { type: 'a.b', data: 1 }, { key: 'k' }),
        /not a valid Kafka topic name/,
      );
      const large = { type: 'a.b', data: 'x'.repeat(1_000_000) };
      await assert.rejects(outbox.publish('a', large, { key: 'k' }), /it has 100\d{4} bytes/);
      assert.deepEqual(await saved(), []);
    });
  });

  describe('by many transactions at once', () => {
    it('shows no event of a key to a reader before an older one', async () => {
      // every commit takes a while after its insert, so unlocked commits would overtake each other
      await database.raw(`create function dawdle() returns trigger language plpgsql as $$
        begin perform pg_sleep(random() * 0.01); return null; end $$;
        create constraint trigger dawdle after insert on event_outbox deferrable initially deferred
          for each row execute function dawdle()`);
      const seen: number[] = [];
      const written = new AbortController();
      const read = async () => {
        while (!written.signal.aborted) {
          const ids = await database('event_outbox')
            .where({ key: 'same' })
            .orderBy('id')
            .pluck<string[]>('id');
          seen.push(...ids.map(Number).filter((id) => !seen.includes(id)));
        }
      };
      const write = async () => {
        for (let n = 0; n < 25; n += 1)
          await database.transaction((trx) => outbox.publish(placed('same'), trx));
      };
      const reading = read();
      await Promise.all([write(), write(), write(), write()]);
      written.abort();
      await reading;
      await database.raw('drop trigger dawdle on event_outbox');
      assert.deepEqual(
        seen,
        seen.toSorted((a, b) => a - b),
      );
      assert.ok(seen.length > 50, `saw ${seen.length}`);
    });

    it('takes the locks of its keys in one order, in whatever order it publishes', async () => {
      const bucketOf = '(hashtextextended(key, 0) & 1023)::int';
      const { rows: keys } = await database.raw<{ rows: { key: string; bucket: number }[] }>(
        `select key, ${bucketOf} as bucket from (values ('one'), ('two')) as keys (key) order by bucket`,
      );
      const [first, second] = keys;
      assert.ok(first && second && first.bucket < second.bucket);
      const holder = await database.transaction();
      await holder.raw('select pg_advisory_xact_lock(?, ?)', [LOCK_SPACE, first.bucket]);
      const waiting = publishAll([second.key, first.key]);
      await waitFor(async () => {
        const { rows } = await holder.raw(`select from pg_locks where locktype = 'advisory' and not granted`);
        return rows.length === 1;
      });
      const { rows } = await holder.raw('select pg_try_advisory_xact_lock(?, ?) as free', [
        LOCK_SPACE,
        second.bucket,
      ]);
      await holder.rollback();
      await waiting;
      assert.deepEqual(rows, [{ free: true }]);
    });

    it('does not deadlock on keys in opposite orders, nor run out of locks', async () => {
      const keys = Array.from({ length: 2_000 }, (_, n) => `key-${n}`);
      const orders = [keys, keys.toReversed(), keys, keys.toReversed()];
      await Promise.all(orders.map(publishAll));
      assert.equal((await saved()).length, 8_000);
    });
  });

  describe('its table', () => {
    it('is not dropped while events wait in it', async () => {
      await outbox.publish(placed('waits'));
      await assert.rejects(down(database), /events that were not sent to Kafka yet/);
      await database('event_outbox').delete();
      await down(database);
      assert.equal(await database.schema.hasTable('event_outbox'), false);
      await up(database);
    });
  });
});
