import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Knex } from 'knex';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { claimEvents, forgetInbox } from '../../../src/runtime/events/inbox/inbox.ts';
import { identityOf } from '../../../src/runtime/events/event/definition.ts';
import {
  createPosition,
  movePosition,
  readPosition,
  resetPosition,
  type GroupPartition,
  type PartitionPosition,
} from '../../../src/runtime/events/inbox/positions.ts';
import { up as createParked } from '../../../src/runtime/tables/event-parked.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createInbox } from '../../support/tables.ts';
import { effort } from './effort.ts';
import { interleave, type Actor, type Turn } from './interleave.ts';

/** A batch that a member claims, how many of its events it handles, and how its transaction ends. */
type Move = { what: 'batch'; size: number; handles: number; commits: boolean } | { what: 'reset' };

/** The events of one partition by offset; the second log is that of the topic after the first was deleted. */
type Logs = [string[], string[]];

const id = fc.nat({ max: 8 }).map(String); // some are duplicates, as after the death of a relay
const log = fc.array(id, { minLength: 4, maxLength: 9 });
const batch: fc.Arbitrary<Move> = fc.record({
  what: fc.constant('batch'),
  size: fc.integer({ min: 1, max: 3 }),
  handles: fc.integer({ min: 1, max: 3 }),
  commits: fc.constantFrom(true, true, true, false),
});
const moves = fc.array(
  fc.oneof({ weight: 8, arbitrary: batch }, { weight: 2, arbitrary: fc.constant<Move>({ what: 'reset' }) }),
  { minLength: 3, maxLength: 8 },
);

describe('two members that both act as owner of a partition', function () {
  let created: TestDatabase;
  let database: Knex;
  let runs = 0;
  before(async () => {
    created = await createDatabase();
    database = connectDatabase({ databaseUrl: created.url, databasePoolMax: 6, serviceName: 'test' });
    await createInbox(database);
    await createParked(database);
    await database.raw(
      'create table effect (place bigserial, run int, log int, log_offset int, event_id text)',
    );
  });
  after(async () => {
    await database.destroy();
    await created.drop();
  });

  it('move its position without going back or skipping, and handle each event once, in any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(
          log,
          log.map((ids) => ids.map((each) => `second-${each}`)),
        ),
        fc.tuple(moves, moves),
        fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 30 }),
        async (logs, [one, two], choices) => {
          const of = { groupId: `g${(runs += 1)}`, topic: 't', partition: 0 };
          const start = await createPosition(database, of, 0);
          const actors = [one, two].map((theirs) => memberOf(of, start, logs, theirs));
          await interleave(actors, choices);
          await check(of, logs);
        },
      ),
      effort(40),
    );
  });

  const memberOf =
    (of: GroupPartition, start: PartitionPosition, logs: Logs, theirs: readonly Move[]): Actor =>
    async (turn) => {
      let known = start;
      for (const move of theirs) {
        if (move.what === 'reset') known = await reset(of, known, turn);
        else known = await handle({ ...move, of, known, logs }, turn);
      }
    };

  /** The first log is replaced once; a member that still believes in it is stale. */
  async function reset(of: GroupPartition, known: PartitionPosition, turn: Turn): Promise<PartitionPosition> {
    return known.resets > 0 ? known : turn(() => resetPosition(database, of, known, 0));
  }

  interface Batch {
    of: GroupPartition;
    known: PartitionPosition;
    logs: Logs;
    size: number;
    handles: number;
    commits: boolean;
  }

  /** Does what consumer/batch.ts does; resolves to the position that the member then assumes for the group. */
  async function handle(
    { of, known, logs, size, handles, commits }: Batch,
    turn: Turn,
  ): Promise<PartitionPosition> {
    const from = known.position;
    const ids = (logs[known.resets] ?? []).slice(from, from + size);
    if (ids.length === 0) return known;
    const events = ids.map((each) => ({ source: 's', id: each }));
    const trx = await turn(() => database.transaction({ isolationLevel: 'read committed' }));
    try {
      const next = from + ids.length;
      const claim = { of, known, next, events, statementTimeout: 10_000 };
      const claimed = await turn(() => claimEvents(trx, claim));
      if (!claimed) {
        await turn(() => trx.rollback());
        return (await turn(() => readPosition(database, of))) ?? known;
      }
      const { unseen } = claimed;
      for (const [index, event] of events.slice(0, handles).entries()) {
        if (!unseen.delete(identityOf(event))) continue;
        const effect = { run: runs, log: known.resets, log_offset: from + index, event_id: event.id };
        await turn(() => trx('effect').insert(effect));
      }
      if (handles < ids.length) {
        await turn(() => forgetInbox(trx, of.groupId, [...unseen.values()]));
        await turn(() => movePosition(trx, of, from + handles));
      }
      await turn(() => (commits ? trx.commit() : trx.rollback()));
      return commits ? { ...known, position: from + Math.min(handles, ids.length) } : known;
    } catch (error) {
      await trx.rollback(); // otherwise the other member would wait indefinitely
      throw error;
    }
  }

  /** Each log was handled from its start to the position, or to its deletion: the first of each event, in order. */
  async function check(of: GroupPartition, logs: Logs): Promise<void> {
    const { position, resets } = (await readPosition(database, of)) ?? { position: 0, resets: 0 };
    for (const [number, events] of logs.entries()) {
      const offsets: number[] = await database('effect')
        .where({ run: runs, log: number })
        .orderBy('place')
        .pluck('log_offset');
      const end = number === resets ? position : (offsets.at(-1) ?? -1) + 1;
      const firsts = events.flatMap((event, offset) => (events.indexOf(event) === offset ? [offset] : []));
      assert.deepEqual(
        offsets,
        firsts.filter((offset) => offset < end),
      );
    }
  }
});
