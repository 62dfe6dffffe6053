import type { Knex } from 'knex';
import { lockParkedKeys } from './park.ts';

/** The columns of a copied parked key. */
export const parkedKeyColumns =
  'topic, key, state, reason, error, attempts, next_try_at, parked_at, updated_at';
/** The columns of a copied parked event. */
export const parkedColumns =
  'topic, key, partition, position, source, event_id, type, headers, raw_key, value, received_at, parked_at';

interface EventType {
  topic: string;
  type: string;
}

/** Parked events that one consumer group takes over from another. */
export interface ParkedTakeOver {
  from: string;
  to: string;
  /** The other group no longer handles these. */
  moved: readonly EventType[];
  /** The other group handles these too, and keeps its own. */
  shared: readonly EventType[];
}

/** A locked key. */
interface LockedKey {
  topic: string;
  key: string;
  /** The failed event leaves the other group. */
  unblocked: boolean;
}

const isOneOf = (topics: string, types: string): string =>
  `(e.topic, e.type) in (select * from unnest(cast(:${topics} as text[]), cast(:${types} as text[])))`;
const isOurs = isOneOf('topics', 'types');
const isMoved = isOneOf('movedTopics', 'movedTypes');
const ofKey = `e.consumer_group = k.consumer_group and e.topic = k.topic and e.key = k.key`;
const isListed = (alias: string): string =>
  `(${alias}.topic, ${alias}.key) in (select * from unnest(cast(:keyTopics as text[]), cast(:keys as text[])))`;
const firstOf = (columns: string): string =>
  `cross join lateral (select ${columns} from event_parked as e where ${ofKey} order by e.id limit 1) as first`;

const look = `select exists (select from event_parked as e where e.consumer_group = :from and ${isOurs}) as found`;

/** Reports whether the other group has such events. */
export async function isAnyToTakeOver(
  database: Knex,
  takeOver: Omit<ParkedTakeOver, 'to'>,
): Promise<boolean> {
  const { rows } = await database.raw<{ rows: { found: boolean }[] }>(look, valuesOf(takeOver));
  return rows[0]?.found === true;
}

/**
 * Moves parked events to a group, and copies those that both groups handle, in order. Events that waited for an event of the
 * other group are due immediately. Waits for a running attempt. Resolves to the number of events.
 */
export async function takeOverParked(trx: Knex.Transaction, takeOver: ParkedTakeOver): Promise<number> {
  const locked = await lockParked(trx, takeOver);
  if (locked.length === 0) return 0;
  const values = { ...valuesOf(takeOver), to: takeOver.to, ...listOf(locked) };
  await parkKeys(trx, locked, values, takeOver.to);
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    takeOver.shared.length > 0 ? copyEvents : moveEvents,
    values,
  );
  if (takeOver.shared.length > 0) await trx.raw(deleteMoved, values);
  await releaseKeys(trx, locked, values);
  return rowCount;
}

const topicsOf = (all: readonly { topic: string }[]): string[] => all.map(({ topic }) => topic);
const typesOf = (all: readonly EventType[]): string[] => all.map(({ type }) => type);

const valuesOf = ({ from, moved, shared }: Omit<ParkedTakeOver, 'to'>) => ({
  from,
  topics: topicsOf([...moved, ...shared]),
  types: typesOf([...moved, ...shared]),
  movedTopics: topicsOf(moved),
  movedTypes: typesOf(moved),
});

const listOf = (keys: readonly LockedKey[]) => ({
  keyTopics: topicsOf(keys),
  keys: keys.map(({ key }) => key),
});

const lockThem = `
  select from event_parked_keys as k
  where k.consumer_group = :from and exists (select from event_parked as e where ${ofKey} and ${isOurs})
  order by k.topic, k.key for update`;
const readThem = `
  select k.topic, k.key, coalesce(first.moved, false) as unblocked from event_parked_keys as k
  ${firstOf(`${isMoved} as moved`)}
  where k.consumer_group = :from and exists (select from event_parked as e where ${ofKey} and ${isOurs})
  order by k.topic, k.key for update of k`;

/** The second statement sees the result of the attempt that was waited for. */
async function lockParked(trx: Knex.Transaction, takeOver: ParkedTakeOver): Promise<LockedKey[]> {
  await trx.raw(lockThem, valuesOf(takeOver));
  const { rows } = await trx.raw<{ rows: LockedKey[] }>(readThem, valuesOf(takeOver));
  return rows;
}

const NOT_TRIED = 'not tried yet, since a subscription took over events of this key';
/** Only a handler that has moved has tried the event; for any other, it is due immediately. */
const park = `
  insert into event_parked_keys (consumer_group, ${parkedKeyColumns})
  select :to, k.topic, k.key,
    case when first.moved then k.state else 'parked' end, k.reason,
    case when first.moved then k.error else '${NOT_TRIED}' end,
    case when first.moved then k.attempts else 0 end,
    case when first.moved then k.next_try_at else now() end,
    k.parked_at, now()
  from event_parked_keys as k
  ${firstOf(`${isMoved} as moved`)}
  where k.consumer_group = :from and ${isListed('k')}
  order by k.topic, k.key
  on conflict do nothing`;

/** A key that this group has parked itself may be about to be finished: then it is parked again. */
async function parkKeys(
  trx: Knex.Transaction,
  locked: readonly LockedKey[],
  values: Knex.ValueDict,
  groupId: string,
): Promise<void> {
  const topics = new Set(locked.map(({ topic }) => topic));
  for (let missing = locked.length; missing > 0;) {
    await trx.raw(park, values);
    missing = locked.length;
    for (const topic of topics) {
      const ofTopic = locked.filter((each) => each.topic === topic).map(({ key }) => key);
      missing -= (await lockParkedKeys(trx, { groupId, topic }, ofTopic)).size;
    }
  }
}

const ours = `e.consumer_group = :from and ${isListed('e')} and ${isOurs}`;
/** The id stays, which preserves the order: a later event has a higher id in either group. */
const moveEvents = `update event_parked as e set consumer_group = :to where ${ours}`;
const copyEvents = `
  insert into event_parked (consumer_group, ${parkedColumns})
  select :to, ${parkedColumns} from event_parked as e where ${ours} order by e.id`;
const deleteMoved = `delete from event_parked as e where e.consumer_group = :from and ${isListed('e')} and ${isMoved}`;

const release = `
  delete from event_parked_keys as k
  where k.consumer_group = :from and ${isListed('k')} and not exists (select from event_parked as e where ${ofKey})`;
const tryNow = `
  update event_parked_keys as k
  set state = 'parked', attempts = 0, next_try_at = now(), updated_at = now(), error = '${NOT_TRIED}'
  where k.consumer_group = :from and ${isListed('k')}`;

async function releaseKeys(
  trx: Knex.Transaction,
  locked: readonly LockedKey[],
  values: Knex.ValueDict,
): Promise<void> {
  await trx.raw(release, values);
  await trx.raw(tryNow, { ...values, ...listOf(locked.filter(({ unblocked }) => unblocked)) });
}
