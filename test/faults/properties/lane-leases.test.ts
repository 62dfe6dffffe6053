import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { joinLeases, type LaneLeases } from '../../../src/runtime/events/relay/lane-leases.ts';
import { LANES } from '../../../src/runtime/events/outbox/lanes.ts';
import { openSession, type Session } from '../../../src/runtime/events/relay/session.ts';
import { createOutboxDatabase, type OutboxDatabase } from '../../runtime/events/outbox-fixture.ts';
import { effort } from './effort.ts';
import { interleave, type Actor, type Turn } from './interleave.ts';

/** One relay: its statements wait for their turn where `turn` is set. */
interface Member {
  session: Session;
  leases: LaneLeases;
  pid: number;
  turn: Turn | undefined;
  alive: boolean;
}

type Step =
  | { what: 'join' }
  | { what: 'leave'; who: number }
  | { what: 'balance'; who: number[]; dies: number | undefined; choices: number[] };

const who = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ what: 'join' }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('leave'), who }) },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('balance'),
      who: fc.array(who, { minLength: 1, maxLength: 4 }),
      dies: fc.option(who, { nil: undefined, freq: 3 }),
      choices: fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 12 }),
    }),
  },
);

describe('any relays that join, leave, die and balance at the same time', function () {
  let world: OutboxDatabase;
  before(async () => (world = await createOutboxDatabase()));
  after(() => world.close());

  it('never lease a lane twice, and share all lanes fairly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const members: Member[] = [];
        try {
          for (const next of steps) await take(next, members);
          await comeToRest(members);
        } finally {
          await Promise.all(members.map(({ session }) => session.close()));
          await waitFor(async () => (await relaysThere()) === 0);
        }
      }),
      effort(20),
    );
  });

  async function take(next: Step, members: Member[]): Promise<void> {
    if (next.what === 'join') return void members.push(await join());
    const alive = living(members);
    const of = (place: number): Member | undefined => alive[place % alive.length];
    if (next.what === 'leave') {
      const leaver = of(next.who);
      if (leaver) leaver.alive = false;
      return leaver?.session.close();
    }
    const balancing = new Set(next.who.flatMap((place) => of(place) ?? []));
    const victim = next.dies === undefined ? undefined : of(next.dies);
    const actors: Actor[] = [...balancing].map(balanceOf);
    if (victim) actors.push((turn) => turn(() => die(victim)));
    await interleave(actors, next.choices, () => noLaneTwice(members));
  }

  async function join(): Promise<Member> {
    const session = await openSession(world.url, 'leases', 'leases', { heard: () => {}, lost: () => {} });
    const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
    const member: Omit<Member, 'leases'> = { session, pid: row?.pid ?? 0, turn: undefined, alive: true };
    const gated: Session = {
      ...session,
      query(sql, values) {
        const ask = () => session.query<never>(sql, values);
        return member.turn ? member.turn(ask) : ask();
      },
    };
    return Object.assign(member, { leases: await joinLeases(gated, 'leases', async () => {}) });
  }

  async function die(victim: Member): Promise<void> {
    victim.alive = false;
    await world.database.raw('select pg_terminate_backend(?, 2000)', [victim.pid]);
  }

  async function relaysThere(): Promise<number> {
    const { rows } = await world.database.raw<{ rows: unknown[] }>(
      `select from pg_stat_activity where application_name = 'leases' and datname = current_database()`,
    );
    return rows.length;
  }
});

const living = (members: readonly Member[]): Member[] => members.filter(({ alive }) => alive);

const balanceOf =
  (member: Member): Actor =>
  async (turn) => {
    member.turn = turn;
    // a session that ended by itself rejects, and its relay then has no lanes
    await member.leases.balance().catch(() => assert.equal(member.alive, false));
    member.turn = undefined;
  };

const heldOf = (members: readonly Member[]): number[] =>
  living(members).flatMap(({ leases }) => [...leases.held()]);

function noLaneTwice(members: readonly Member[]): void {
  const held = heldOf(members);
  assert.equal(new Set(held).size, held.length, `held twice: ${held.join()}`);
}

/** Once no relay starts or stops, a few rounds of each are enough. */
async function comeToRest(members: readonly Member[]): Promise<void> {
  for (let beat = 0; beat < 3; beat += 1) for (const { leases } of living(members)) await leases.balance();
  const shares = living(members).map(({ leases }) => leases.held().size);
  if (shares.length === 0) return;
  assert.equal(new Set(heldOf(members)).size, LANES);
  noLaneTwice(members);
  assert.ok(Math.max(...shares) - Math.min(...shares) <= 1, `shares are ${shares.join()}`);
}
