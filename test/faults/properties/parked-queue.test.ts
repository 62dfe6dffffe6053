import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  createPosition,
  readPosition,
  type PartitionPosition,
} from '../../../src/runtime/events/inbox/positions.ts';
import { up as createParked } from '../../../src/runtime/tables/event-parked.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createInbox } from '../../support/tables.ts';
import { effort } from './effort.ts';
import { interleave } from './interleave.ts';
import { createLog, createMember, operate, runOnce, type Planned, type World } from './parked-world.ts';
import { createTurnsDatabase } from './turns-database.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 10 });
const laps = fc.nat({ max: 6 });
const orders = fc.array(fc.constantFrom<'redrive' | 'drop'>('redrive', 'drop'), { maxLength: 2 });
const parkedKeys = fc.constantFrom(1, 2, 100, 100);
const choices = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 60 });

describe('events that arrive, fail, wait, and are retried, redriven and dropped at the same time', function () {
  let created: TestDatabase;
  let runs = 0;
  const names = ['member', 'one', 'two', 'operator'] as const;
  let databases: Record<(typeof names)[number], ReturnType<typeof createTurnsDatabase>>;

  before(async () => {
    created = await createDatabase();
    const [member, one, two, operator] = names.map(() => createTurnsDatabase(created.url));
    assert.ok(member && one && two && operator);
    databases = { member, one, two, operator };
    await createInbox(member.database);
    await createParked(member.database);
    await member.database.raw('create table late (id int unique deferrable initially deferred)');
    await member.database.raw(
      'create table effect (place bigserial, run text, key text, log_offset int, before int)',
    );
  });
  after(async () => {
    await Promise.all(Object.values(databases).map(({ database }) => database.destroy()));
    await created.drop();
  });

  const log = (most: number, failures: fc.Arbitrary<number>) =>
    fc.array(fc.record<Planned>({ key: fc.nat({ max: most }), failures, late: fc.boolean() }), {
      minLength: 4,
      maxLength: 10,
    });

  it('are each handled once or dropped, in the order of their key', async () => {
    const failures = fc.constantFrom(0, 0, 0, 1, 1, 2, 4);
    const plan = fc.record({
      log: log(2, failures),
      sizes,
      one: laps,
      two: laps,
      orders,
      parkedKeys,
      choices,
    });
    await fc.assert(fc.asyncProperty(plan, run), effort(12));
  });

  it('lose no event that arrives while a key is released', async () => {
    const failures = fc.constantFrom(0, 0, 1);
    const none = fc.constant<Plan['orders']>([]);
    const enough = fc.constant(100);
    const ones = fc.constant(Array.from({ length: 10 }, () => 1));
    const many = fc.integer({ min: 3, max: 9 });
    const rest = { one: many, two: many, orders: none, parkedKeys: enough, choices };
    const plan = fc.record({ log: log(0, failures), sizes: ones, ...rest });
    await fc.assert(fc.asyncProperty(plan, run), effort(8));
  });

  it('wait behind a dead letter, however often they are checked', async () => {
    const { database } = databases.operator;
    const planned = [99, 0, 0, 0].map((failures) => ({ key: 0, failures, late: false }));
    const world = worldOf(planned, 100);
    const live = createMember(database, await startOf(world), world);
    for (let round = 0; round < 10; round += 1) {
      await live.step(1);
      await runOnce(database, world);
    }
    assert.ok(live.atEnd());
    assert.deepEqual(await database('effect').where('run', world.groupId), []);
  });

  function worldOf(planned: readonly Planned[], cap: number): World {
    const groupId = `g${(runs += 1)}`;
    return { ...createLog(groupId, planned), groupId, parkedKeys: cap, dropped: new Set() };
  }

  const startOf = ({ groupId }: World): Promise<PartitionPosition> =>
    createPosition(databases.operator.database, { groupId, topic: groupId, partition: 0 }, 0);

  interface Plan {
    log: Planned[];
    sizes: number[];
    one: number;
    two: number;
    orders: ('redrive' | 'drop')[];
    parkedKeys: number;
    choices: number[];
  }

  async function run(plan: Plan): Promise<void> {
    const world = worldOf(plan.log, plan.parkedKeys);
    const { member, one, two, operator } = databases;
    const live = createMember(member.database, await startOf(world), world);
    const runner = (of: typeof one, count: number) =>
      of.actor(async () => {
        for (let lap = 0; lap < count; lap += 1) await runOnce(of.database, world);
      });
    const actors = [
      member.actor(async () => {
        for (const size of plan.sizes) await live.step(size);
      }),
      runner(one, plan.one),
      runner(two, plan.two),
      operator.actor(async () => {
        for (const order of plan.orders) await operate(operator.database, order, world);
      }),
    ];
    await interleave(actors, plan.choices);
    await withinCap(world);
    await comeToRest(live, world);
    await check(plan.log, world);
  }

  /** Dead letters are redriven until they succeed. */
  async function comeToRest(live: ReturnType<typeof createMember>, world: World): Promise<void> {
    const { database } = databases.operator;
    for (let round = 0; round < 60; round += 1) {
      await live.step(3);
      await withinCap(world);
      while (await runOnce(database, world));
      await operate(database, 'redrive', world);
      const waiting = await database('event_parked_keys').where('consumer_group', world.groupId).first();
      if (live.atEnd() && !waiting) return;
    }
    assert.fail('a parked key never ends');
  }

  async function withinCap({ groupId, parkedKeys: cap }: World): Promise<void> {
    const keys = await databases.operator.database('event_parked_keys').where('consumer_group', groupId);
    assert.ok(keys.length <= cap, `${keys.length} keys are parked, and ${cap} may be`);
  }

  async function check(planned: readonly Planned[], { groupId, dropped }: World): Promise<void> {
    const { database } = databases.operator;
    for (const key of new Set(planned.map((event) => event.key))) {
      const rows = await database('effect')
        .where({ run: groupId, key: String(key) })
        .orderBy('place')
        .select('log_offset', 'before');
      const wanted = planned.flatMap((event, offset) =>
        event.key === key && !dropped.has(offset) ? [offset] : [],
      );
      const found = wanted.map((offset, index) => ({
        log_offset: offset,
        before: wanted[index - 1] ?? null,
      }));
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        found,
      );
    }
    assert.equal(await database('event_parked').where('consumer_group', groupId).first(), undefined);
    const position: PartitionPosition | undefined = await readPosition(database, {
      groupId,
      topic: groupId,
      partition: 0,
    });
    assert.equal(position?.position, planned.length);
  }
});
