import assert from 'node:assert/strict';
import { openSession, type Session } from '../../../src/runtime/events/relay/session.ts';
import { createOutboxDatabase, type OutboxDatabase } from './outbox-fixture.ts';

const transactionId = 'select pg_current_xact_id()::text as id';

describe('the session of a relay', () => {
  let world: OutboxDatabase;
  let session: Session;
  let losses: string[];

  before(async () => {
    world = await createOutboxDatabase();
  });
  beforeEach(async () => {
    losses = [];
    session = await openSession(world.url, 'test', 'test', {
      heard: () => {},
      lost: ({ message }) => void losses.push(message),
    });
  });
  afterEach(() => session.close());
  after(() => world.close());

  it('runs queries in the order of their calls, without waiting for results in between', async () => {
    const ended: number[] = [];
    const note = async (place: number, query: Promise<unknown>) => {
      await query;
      ended.push(place);
    };
    await session.query('create temporary table visits (place int)');
    await Promise.all([
      note(0, session.query('insert into visits select 1 from pg_sleep(0.05)')),
      note(1, session.query('insert into visits select count(*) + 1 from visits')),
      note(2, session.query('insert into visits values ($1)', [3])),
    ]);
    assert.deepEqual(ended, [0, 1, 2]);
    const rows = await session.query('select place from visits order by place');
    assert.deepEqual(rows, [{ place: 1 }, { place: 2 }, { place: 3 }]);
  });

  it('keeps queries that are called during a transaction out of it', async () => {
    let outside: Promise<{ id: string }[]> | undefined;
    const inside = await session.transaction(async (query) => {
      const [first] = await query<{ id: string }>(transactionId);
      outside = session.query<{ id: string }>(transactionId);
      const [second] = await query<{ id: string }>(transactionId);
      assert.deepEqual(second, first);
      return first?.id;
    });
    const [other] = (await outside) ?? [];
    assert.notEqual(other?.id, inside);
  });

  it('is lost once when one of several running queries fails', async () => {
    const queries = ['select 1', 'select 1 / 0', 'select 2', 'select 1 / 0'].map((sql) => session.query(sql));
    const settled = await Promise.allSettled(queries);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
    );
    assert.deepEqual(losses, ['division by zero']);
    await assert.rejects(session.query('select 3'));
  });
});
