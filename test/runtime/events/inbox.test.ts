import assert from 'node:assert/strict';
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

  it('has its plan kept by a session, unless a pooler can be in between', async () => {
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
