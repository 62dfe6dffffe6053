import { LANES } from '../outbox/lanes.ts';
import type { Session } from './session.ts';

/** Our namespaces of advisory locks: the bytes of "oblt", a running relay, and "obln", a leased lane. */
const MEMBER_SPACE = 0x6f62_6c74;
const LANE_SPACE = 0x6f62_6c6e;

/** Tells other relays that lanes may have become free, or that a relay has started. */
export const LANES_CHANGED = 'lanes';

/** The lanes that a session holds. All locks are PostgreSQL's own, so a relay that dies loses them within a moment. */
export interface LaneLeases {
  held(): ReadonlySet<number>;
  /** Takes free lanes, or returns some, so that no relay has two more than another. One call at a time. */
  balance(): Promise<void>;
}

interface LockRow {
  space: number;
  lane: number;
  pid: number;
  own: boolean;
}

/** Two schemas of one database have separate outboxes, whose relays share no locks. */
const outbox = `(hashint8('event_outbox'::regclass::oid::bigint) & -16)`;

const joinRelays = `select pg_advisory_lock_shared(${MEMBER_SPACE}, ${outbox})`;

const findLocks = `
  select classid::bigint::int as space, (objid::bigint & 15)::int as lane, pid, pid = pg_backend_pid() as own
  from pg_locks
  where locktype = 'advisory' and granted and classid in (${MEMBER_SPACE}, ${LANE_SPACE})
    and objid::bigint & 4294967280 = ${outbox}::bigint & 4294967280
    and database = (select oid from pg_database where datname = current_database())`;

const takeLanes = `
  select lane from unnest($1::int[]) as wanted (lane) where pg_try_advisory_lock(${LANE_SPACE}, ${outbox} | lane)`;

const giveLanes = `select pg_advisory_unlock(${LANE_SPACE}, ${outbox} | lane) from unnest($1::int[]) as given (lane)`;

const tell = `select pg_notify($1, '${LANES_CHANGED}')`;

/**
 * Makes a session one of the relays. It holds no lane before `balance`.
 * @param release resolves when no work for a lane, which is no longer read, is running
 */
export async function joinLeases(
  session: Session,
  channel: string,
  release: (lane: number) => Promise<void>,
): Promise<LaneLeases> {
  const held = new Set<number>();
  await session.query(joinRelays);
  await session.query(tell, [channel]);

  async function giveBack(count: number): Promise<void> {
    const surplus = [...held].slice(0, count);
    for (const lane of surplus) held.delete(lane);
    await Promise.all(surplus.map(release));
    await session.query(giveLanes, [surplus]);
    await session.query(tell, [channel]);
  }

  async function take(free: number[], count: number): Promise<void> {
    const rows = await session.query<{ lane: number }>(takeLanes, [shuffled(free).slice(0, count)]);
    for (const { lane } of rows) held.add(lane);
  }

  return {
    held: () => held,
    async balance() {
      const locks = await session.query<LockRow>(findLocks);
      const taken = new Set(locks.filter(({ space }) => space === LANE_SPACE).map(({ lane }) => lane));
      const fair = shareOf(locks.filter(({ space }) => space === MEMBER_SPACE));
      const free = allLanes.filter((lane) => !taken.has(lane));
      if (held.size > fair) await giveBack(held.size - fair);
      else if (held.size < fair && free.length > 0) await take(free, fair - held.size);
    },
  };
}

/**
 * Returns the number of lanes of this relay: 16/n for n relays, and one more for those with the lowest pids if there is a
 * remainder.
 */
function shareOf(relays: LockRow[]): number {
  const place = relays.toSorted((one, other) => one.pid - other.pid).findIndex(({ own }) => own);
  const count = Math.max(relays.length, 1);
  return Math.floor(LANES / count) + (place < LANES % count ? 1 : 0);
}

const allLanes = Array.from({ length: LANES }, (_, lane) => lane);

/** Relays that check at the same time should not all try the same lanes. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
