import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Knex } from 'knex';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { claimEvents, pruneInbox } from '../../../src/runtime/events/inbox/inbox.ts';
import { down } from '../../../src/runtime/tables/event-inbox.ts';
import { up as createParked } from '../../../src/runtime/tables/event-parked.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createInbox } from '../../support/tables.ts';

describe('the inbox', () => {
  let created: TestDatabase;
  let database: Knex;
  beforeEach(async () => {
    created = await createDatabase();
    database = connectDatabase({ databaseUrl: created.url, databasePoolMax: 4, serviceName: 'test' });
    await createInbox(database);
  });
  afterEach(async () => {
    await database.destroy();
    await created.drop();
  });

  const insert = (ids: string[], received: Date): Promise<unknown> =>
    database('event_inbox').insert(
      ids.map((id) => ({
        consumer_group: 'g',
        topic: 't',
        source: 's',
        event_id: id,
        received_at: received,
      })),
    );

  it('deletes old entries in small statements, by several replicas at once', async () => {
    await insert(
      Array.from({ length: 250 }, (_, index) => `old-${index}`),
      new Date('2026-01-01'),
    );
    await insert(['new'], new Date('2026-01-03'));
    const before = new Date('2026-01-02');
    const deleted = await Promise.all([1, 2].map(() => pruneInbox(database, before, { batchSize: 20 })));
    assert.equal((deleted[0] ?? 0) + (deleted[1] ?? 0), 250);
    assert.deepEqual(await database('event_inbox').pluck('event_id'), ['new']);
  });

  it('stops deleting on request', async () => {
    await insert(['a', 'b', 'c'], new Date('2026-01-01'));
    let statements = 0;
    const stopped = (): boolean => (statements += 1) > 2;
    assert.equal(await pruneInbox(database, new Date(), { batchSize: 1, stopped }), 2);
  });

  it('deletes exactly the entries that are old enough, whatever their times and the size of a statement', async () => {
    const before = new Date('2026-01-02');
    const offset = fc.integer({ min: -2_500, max: 2_500 });
    const pruning = fc.asyncProperty(
      fc.array(offset, { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      async (offsets, batchSize) => {
        await database.raw(
          `insert into event_inbox (consumer_group, topic, source, event_id, received_at)
           select 'g', 't', 's', number::text, ?::timestamptz + micros * interval '1 microsecond'
           from unnest(?::int[]) with ordinality as received (micros, number)`,
          [before, offsets],
        );
        const old = offsets.filter((micros) => micros < 0);
        assert.equal(await pruneInbox(database, before, { batchSize }), old.length);
        assert.equal(await database('event_inbox').delete(), offsets.length - old.length);
      },
    );
    await fc.assert(pruning, { numRuns: 20 });
  });

  it('reads each old entry once while an old snapshot keeps all of them in the index', async () => {
    const rows = 4_000;
    await database.raw(
      `insert into event_inbox (consumer_group, topic, source, event_id, received_at)
       select 'g', 't', 's', number::text, timestamptz '2026-01-01' + number * interval '1 ms'
       from generate_series(1, ?) as number`,
      [rows],
    );
    await database.raw('analyze event_inbox');
    const backup = await database.transaction({ isolationLevel: 'repeatable read' });
    await backup.raw('select count(*) from event_inbox');
    const only = connectDatabase({ databaseUrl: created.url, databasePoolMax: 1, serviceName: 'test' });
    const indexReads = async (): Promise<number> => {
      await only.raw('select pg_stat_force_next_flush()');
      const { rows: found } = await only.raw(
        `select idx_tup_read::int as reads from pg_stat_user_indexes where indexrelname like '%received_at%'`,
      );
      return found[0].reads;
    };
    const earlier = await indexReads();
    assert.equal(await pruneInbox(only, new Date('2026-01-02'), { batchSize: 100 }), rows);
    const reads = (await indexReads()) - earlier;
    await only.destroy();
    await backup.rollback();
    assert.ok(reads >= rows && reads < 2 * rows, `${reads} index entries`);
  });

  it('deletes an entry that one call has passed in the next call', async () => {
    await insert(['first'], new Date('2026-01-01'));
    await insert(['second'], new Date('2026-01-02'));
    const prune = (): Promise<number> => pruneInbox(database, new Date('2026-01-03'), { batchSize: 1 });
    const other = await database.transaction();
    await other('event_inbox').where({ event_id: 'first' }).forUpdate().first();
    assert.equal(await prune(), 1);
    await other.rollback();
    assert.equal(await prune(), 1);
    assert.deepEqual(await database('event_inbox').pluck('event_id'), []);
  });

  it('keeps its plan in the session, unless a pooler may be in between', async () => {
    await createParked(database);
    const of = { groupId: 'g', topic: 't', partition: 0 };
    await database('event_positions').insert({ consumer_group: 'g', topic: 't', partition: 0, position: 0 });
    const known = { position: 0, resets: 0 };
    const plans = (session: boolean): Promise<string[]> =>
      database.transaction(async (trx) => {
        const claim = {
          of,
          known,
          next: 1,
          events: [{ source: 's', id: 'a' }],
          statementTimeout: 1_000,
          session,
        };
        assert.equal((await claimEvents(trx, claim))?.unseen.size, 1);
        await trx('event_inbox').delete();
        await trx('event_positions').update({ position: 0 });
        return trx('pg_prepared_statements').pluck('name');
      });
    assert.deepEqual(await plans(false), []);
    assert.deepEqual(await plans(true), ['inbox_claim']);
  });

  it('is not dropped while it or the table of positions has rows', async () => {
    await insert(['a'], new Date());
    await assert.rejects(down(database), /event_inbox has rows.*handled again.*delete/);
    await database('event_inbox').delete();
    await database('event_positions').insert({ consumer_group: 'g', topic: 't', partition: 0, position: 1 });
    await assert.rejects(down(database), /event_positions has rows/);
    await database('event_positions').delete();
    await down(database);
    assert.equal(await database.schema.hasTable('event_inbox'), false);
    assert.equal(await database.schema.hasTable('event_positions'), false);
  });
});
