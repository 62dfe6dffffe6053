import type { Knex } from 'knex';
import { parkedMessage, type ParkedRow } from './stored-message.ts';
import { storableText } from '../event/storable-text.ts';
import type { IncomingMessage } from '../event/message.ts';
import type { Verdict } from './park.ts';

/** A parked key of a consumer group. */
export interface ParkedKey {
  groupId: string;
  topic: string;
  key: string;
}

export interface TakenKey extends ParkedKey {
  /** Failed attempts of its first event. */
  attempts: number;
}

/** A waiting event. */
export interface ParkedEvent {
  /** Its row in event_parked. */
  row: string;
  message: IncomingMessage;
}

const where = 'consumer_group = ? and topic = ? and key = ?';
const keyBindings = ({ groupId, topic, key }: ParkedKey): string[] => [groupId, topic, key];

const takeDue = `
  select topic, key, attempts from event_parked_keys
  where consumer_group = ? and state = 'parked' and next_try_at <= now() and topic = any (?::text[])
  order by next_try_at limit 1
  for no key update skip locked`;

/**
 * Locks the key that has been due the longest and is not locked by another replica; events can still be appended. `topics`
 * are those that this replica handles.
 */
export async function takeDueKey(
  trx: Knex.Transaction,
  groupId: string,
  topics: readonly string[],
): Promise<TakenKey | undefined> {
  const { rows } = await trx.raw<{ rows: Omit<TakenKey, 'groupId'>[] }>(takeDue, [groupId, [...topics]]);
  return rows[0] && { ...rows[0], groupId };
}

const takeOne = `
  select attempts from event_parked_keys where ${where} and state = 'parked' and next_try_at <= now()`;

/**
 * Locks a due key, unless another replica has it. `whole`: nothing can be appended until the transaction ends, and running
 * appends are waited for.
 */
export async function takeKey(
  trx: Knex.Transaction,
  key: ParkedKey,
  { whole }: { whole: boolean },
): Promise<TakenKey | undefined> {
  const lock = whole ? 'for update' : 'for no key update skip locked';
  const { rows } = await trx.raw<{ rows: { attempts: number }[] }>(`${takeOne} ${lock}`, keyBindings(key));
  return rows[0] && { ...key, ...rows[0] };
}

/** The most bytes of events that are read at once; a larger event is read alone. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** `octet_length` of a bytea and `pg_column_size` read no stored value. One more row shows whether others wait behind. */
const read = `
  select id, topic, partition, position, headers, raw_key, value, received_at, found
  from (
    select *, row_number() over queue as place, sum(bytes) over queue as total, (count(*) over ())::int as found
    from (
      select *, coalesce(octet_length(value), 0) + pg_column_size(headers) as bytes
      from event_parked where ${where} order by id limit ?
    ) as first
    window queue as (order by id)
  ) as measured
  where place <= ? and (place = 1 or total <= ?) order by id`;

/** The first events of a key, in order; `more` events wait behind them. */
export interface ParkedEvents {
  events: ParkedEvent[];
  more: boolean;
}

/** Reads the first events of a key: at most `limit`, and at most `bytes` unless the first one has more. */
export async function readParked(
  trx: Knex.Transaction,
  key: ParkedKey,
  limit: number,
  bytes: number = BATCH_BYTES,
): Promise<ParkedEvents> {
  const { rows } = await trx.raw<{ rows: (ParkedRow & { found: number })[] }>(read, [
    ...keyBindings(key),
    limit + 1,
    limit,
    bytes,
  ]);
  const events = rows.map((row) => ({ row: row.id, message: parkedMessage(row) }));
  return { events, more: (rows[0]?.found ?? 0) > rows.length };
}

/** Deletes handled events. */
export async function removeParked(trx: Knex.Transaction, events: readonly ParkedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await trx.raw('delete from event_parked where id = any (?::bigint[])', [events.map(({ row }) => row)]);
}

const lockUnshared = `select from event_parked_keys where ${where} for update skip locked`;
const finish = `
  delete from event_parked_keys where ${where} and not exists (select from event_parked where ${where})`;

/**
 * Ends the parking of a key that the transaction has locked, so its next events are handled on arrival. Resolves to false if
 * events still wait or are being appended.
 */
export async function finishKey(trx: Knex.Transaction, key: ParkedKey): Promise<boolean> {
  const locked = await trx.raw<{ rowCount: number }>(lockUnshared, keyBindings(key));
  if (locked.rowCount === 0) return false;
  // a separate statement, so it sees the events appended before the lock was free
  const { rowCount } = await trx.raw<{ rowCount: number }>(finish, [
    ...keyBindings(key),
    ...keyBindings(key),
  ]);
  return rowCount > 0;
}

const tryNext = `
  update event_parked_keys
  set attempts = 0, next_try_at = now(), updated_at = now() where ${where} and state = 'parked'`;

/** The first events of the key are handled; the next one is due and has no attempts yet. */
export async function keepTrying(trx: Knex.Transaction, key: ParkedKey): Promise<void> {
  await trx.raw(tryNext, keyBindings(key));
}

const postpone = `
  update event_parked_keys
  set state = case when ?::float8 is null then 'dead' else 'parked' end, reason = ?, error = ?, attempts = ?,
    next_try_at = now() + ?::float8 * interval '1 millisecond', updated_at = now()
  where ${where}`;

/** Schedules the next attempt of the key's first event, or makes it a dead letter. */
export async function postponeKey(
  trx: Knex.Transaction,
  key: ParkedKey,
  { reason, error, attempts, nextTryIn }: Verdict,
): Promise<void> {
  const wait = nextTryIn ?? null;
  await trx.raw(postpone, [wait, reason, storableText(error), attempts, wait, ...keyBindings(key)]);
}

const wait = `
  update event_parked_keys
  set error = ?, attempts = ?, next_try_at = now() + ?::float8 * interval '1 millisecond', updated_at = now()
  where ${where}`;

/** Schedules the next attempt of the key's first event without counting one. */
export async function waitWithKey(
  trx: Knex.Transaction,
  key: ParkedKey,
  { error, attempts, nextTryIn }: { error: string; attempts: number; nextTryIn: number },
): Promise<void> {
  await trx.raw(wait, [storableText(error), attempts, nextTryIn, ...keyBindings(key)]);
}

/** Returns the number of keys of a group that are retried. */
export async function countRetried(trx: Knex.Transaction, { groupId }: ParkedKey): Promise<number> {
  const { rows } = await trx.raw<{ rows: [{ count: number }] }>(
    `select count(*)::int from event_parked_keys where consumer_group = ? and state = 'parked'`,
    [groupId],
  );
  return rows[0].count;
}

const look = `
  select
    count(*) filter (where state = 'parked')::int as parked,
    count(*) filter (where state = 'dead')::int as dead,
    count(*) filter (where next_try_at <= clock_timestamp() and topic = any (?::text[]))::int as due,
    (extract(epoch from min(next_try_at) filter (where topic = any (?::text[])) - clock_timestamp()) * 1000)::float8
      as "dueIn"
  from event_parked_keys where consumer_group = ?`;

/** The waiting keys of a group. */
export interface ParkedCounts {
  parked: number;
  dead: number;
  /** The keys that are to be retried now. */
  due: number;
  /** Milliseconds until the first key is due: negative if one is due, null if none will be retried. */
  dueIn: number | null;
}

/** @param topics those that this replica handles; `due` and `dueIn` consider only these */
export async function lookAtParked(
  database: Knex,
  groupId: string,
  topics: readonly string[],
): Promise<ParkedCounts> {
  const { rows } = await database.raw<{ rows: [ParkedCounts] }>(look, [[...topics], [...topics], groupId]);
  return rows[0];
}
