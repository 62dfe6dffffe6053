import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createLowWaterMarks } from '../../../src/runtime/events/relay/low-water-marks.ts';
import { insertIntoOutbox } from '../../../src/runtime/events/outbox/insert.ts';
import { deleteRows, readLanes } from '../../../src/runtime/events/relay/outbox-rows.ts';
import { openSession, type Session } from '../../../src/runtime/events/relay/session.ts';
import { createOutboxDatabase, type OutboxDatabase } from '../../runtime/events/outbox-fixture.ts';
import { effort } from './effort.ts';

type Step =
  | { what: 'insert'; count: number } // in a transaction that stays open
  | { what: 'commit' | 'roll back'; which: number }
  | { what: 'look' }
  | { what: 'send'; count: number };

const which = fc.nat({ max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constant('insert'), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ what: fc.constantFrom('commit', 'commit', 'roll back'), which }),
  fc.record({ what: fc.constant('look') }),
  fc.record({ what: fc.constant('send'), count: fc.nat({ max: 12 }) }),
);
const lanes = Array.from({ length: 16 }, (_, lane) => lane);
const MOST_OPEN = 5;

describe('transactions that commit in any order', function () {
  let world: OutboxDatabase;
  let session: Session;
  let keys: string[];
  before(async () => {
    world = await createOutboxDatabase();
    session = await openSession(world.url, 'test', 'test', { heard: () => {}, lost: () => {} });
    keys = await keysApart();
  });
  after(async () => {
    await session.close();
    await world.close();
  });

  it('leave no event below the floor of its lane: each committed one is read until it is sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const run = createRun();
        try {
          for (const next of steps) await run.take(next);
        } finally {
          await run.end();
        }
      }),
      effort(80),
    );
  });

  /** Keys that do not wait for each other's locks, more than may be in use at a time. */
  async function keysApart(): Promise<string[]> {
    const rows = await session.query<{ key: string }>(`
      select min(key::text) as key from generate_series(1, 200) as key
      group by hashtextextended(key::text, 0) & 1023 limit 100`);
    return rows.map(({ key }) => key);
  }

  interface Open {
    commit(): Promise<unknown>;
    rollback(): Promise<unknown>;
    values: string[];
  }

  function createRun() {
    const floors = createLowWaterMarks(session);
    const open: Open[] = [];
    const committed = new Set<string>();
    let last = 0;

    async function insert(count: number): Promise<void> {
      if (open.length === MOST_OPEN) return;
      const trx = await world.database.transaction();
      const messages = Array.from({ length: count }, () => {
        const key = keys[(last += 1) % keys.length] ?? '';
        return { topic: 't', key, value: String(last), headers: {} };
      });
      await insertIntoOutbox(await trx.client.acquireConnection(), messages);
      const values = messages.map(({ value }) => value);
      open.push({ commit: () => trx.commit(), rollback: () => trx.rollback(), values });
    }

    async function end(how: 'commit' | 'roll back', place: number): Promise<void> {
      const [ended] = open.splice(place % (open.length || 1), 1);
      if (how === 'roll back') return void (await ended?.rollback());
      await ended?.commit();
      for (const value of ended?.values ?? []) committed.add(value);
    }

    async function send(most: number): Promise<void> {
      const rows = [...(await readLanes(session, lanes, floors, [])).values()].flat();
      assert.deepEqual(new Set(rows.map(({ value }) => value)), committed);
      const sent = rows.slice(0, most);
      await deleteRows(session, sent);
      for (const { value } of sent) committed.delete(String(value));
    }

    return {
      async take(next: Step): Promise<void> {
        if (next.what === 'insert') await insert(next.count);
        else if (next.what === 'look') await floors.look();
        else if (next.what === 'send') await send(next.count);
        else await end(next.what, next.which);
      },
      async end(): Promise<void> {
        while (open.length > 0) await end('commit', 0);
        await send(Infinity);
        assert.equal(committed.size, 0);
      },
    };
  }
});
