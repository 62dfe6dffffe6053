import type { Knex } from 'knex';
import { laneOf } from '../outbox/lanes.ts';
import { AT_ONCE, conditionsOf, COUNTED, excerptOf, olderThan, type Excerpt } from './filter.ts';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

/** The events waiting in the outbox, for operators (commands/outbox.ts); the relay has its own queries. */

/** Selects events; all given conditions must hold. */
export interface WaitingFilter {
  topic?: string;
  key?: string;
  id?: string;
  type?: string;
  /** The least time since the event was saved, in ms. */
  olderThan?: number;
}

export interface WaitingEvent {
  lane: number;
  row: string;
  topic: string;
  key: string;
  source: string | null;
  id: string | null;
  type: string | null;
  createdAt: Date;
  bytes: number;
}

/** `value` is null beyond the requested bytes. */
export type WholeWaitingEvent = WaitingEvent & { headers: Record<string, string>; value: string | null };

const conditions: Record<keyof WaitingFilter, string> = {
  topic: 'topic = :topic',
  key: 'key = :key',
  id: "headers ->> 'ce_id' = :id",
  type: "headers ->> 'ce_type' = :type",
  olderThan: olderThan('created_at'),
};

const columns = `
  lane, id as row, topic, key, headers ->> 'ce_source' as source, headers ->> 'ce_id' as id,
  headers ->> 'ce_type' as type, created_at as "createdAt", octet_length(payload) as bytes`;
const wholeColumns = `${columns}, headers, payload as value`;

/** Returns the events that have waited longest, at most `limit`, and the number of further ones, counted up to `COUNTED`. */
export async function findWaiting(
  database: Knex,
  filter: WaitingFilter,
  limit: number,
): Promise<{ events: WaitingEvent[]; more: number }> {
  const { sql, values } = conditionsOf(filter, conditions);
  const { rows } = await database.raw<{ rows: WaitingEvent[] }>(
    `select ${columns} from event_outbox where ${sql} order by created_at, lane, event_outbox.id limit :limit`,
    { ...values, limit },
  );
  const counted = await countWaiting(database, filter, limit + COUNTED);
  return { events: rows, more: Math.max(0, counted - rows.length) };
}

/** Returns the number of waiting events, counted up to `most`. */
export async function countWaiting(database: Knex, filter: WaitingFilter, most: number): Promise<number> {
  const { sql, values } = conditionsOf(filter, conditions);
  const { rows } = await database.raw<{ rows: [{ count: number }] }>(
    `select count(*)::int from (select from event_outbox where ${sql} limit :most) as found`,
    { ...values, most },
  );
  return rows[0].count;
}

const bounded = `${columns}, headers,
  case when sum(octet_length(payload)) over (order by created_at, lane, event_outbox.id) <= :most then payload end as value`;

/** Returns these events with all their data; with `most`, values are read up to that total size in bytes. */
export async function readWaiting(
  database: Knex,
  filter: WaitingFilter,
  limit: number,
  most?: number,
): Promise<WholeWaitingEvent[]> {
  const { sql, values } = conditionsOf(filter, conditions);
  const { rows } = await database.raw<{ rows: WholeWaitingEvent[] }>(
    `select ${most === undefined ? wholeColumns : bounded} from event_outbox
     where ${sql} order by created_at, lane, event_outbox.id limit :limit`,
    { ...values, limit, ...(most !== undefined && { most }) },
  );
  return rows;
}

/** Returns the first events of a key after the row `after`, in order and with their values. */
export async function readWaitingExcerpt(
  database: Knex,
  { topic, key }: { topic: string; key: string },
  { events, bytes }: Excerpt,
  after = '0',
): Promise<WholeWaitingEvent[]> {
  const { rows } = await database.raw<{ rows: WholeWaitingEvent[] }>(
    `select ${wholeColumns} from ${excerptOf(
      `select *, octet_length(payload) as bytes from event_outbox
       where lane = ${laneOf('?::text', '?::text')} and topic = ? and key = ? and id > ? order by id limit ?`,
    )} as event_outbox order by event_outbox.id`,
    [topic, key, topic, key, after, events, bytes],
  );
  return rows;
}

/**
 * Deletes waiting events, at most `limit`, in batches, but none that is saved after the start. A relay that has already read
 * one still sends it. `keep` receives the events of each batch before COMMIT, or only the first ones: those of `excerpt`.
 */
export async function dropWaiting(
  database: Knex,
  filter: WaitingFilter,
  limit: number,
  keep: (events: WholeWaitingEvent[]) => void,
  excerpt?: Excerpt,
): Promise<number> {
  const { rows: begun } = await database.raw<{ rows: { now: Date }[] }>('select clock_timestamp() as now');
  const drop = { filter, until: begun[0]?.now, keep };
  let dropped = 0;
  let kept = 0;
  let bytes = 0;
  for (let found = Infinity; found > 0 && dropped < limit; dropped += found) {
    const isKept = !excerpt || (kept < excerpt.events && bytes < excerpt.bytes);
    const events = Math.min(
      AT_ONCE.events,
      limit - dropped,
      isKept && excerpt ? excerpt.events - kept : Infinity,
    );
    const size = { events, bytes: excerpt && isKept ? excerpt.bytes - bytes : AT_ONCE.bytes };
    const rows = await dropSome(database, drop, size, isKept);
    found = rows.length;
    if (!isKept) continue;
    kept += found;
    bytes += rows.reduce((sum, each) => sum + each.bytes, 0);
  }
  return dropped;
}

async function dropSome(
  database: Knex,
  {
    filter,
    until,
    keep,
  }: { filter: WaitingFilter; until: Date | undefined; keep: (events: WholeWaitingEvent[]) => void },
  { events, bytes }: Excerpt,
  isKept: boolean,
): Promise<WaitingEvent[]> {
  const { sql, values } = conditionsOf(filter, conditions);
  return inTransaction(database, async (trx) => {
    rejectRolledBack(trx);
    const { rows } = await trx.raw<{ rows: WholeWaitingEvent[] }>(
      `with chosen as materialized (
         select lane, id, created_at, octet_length(payload) as size from event_outbox
         where ${sql} and created_at <= :until order by created_at, lane, id limit :events for update
       ), measured as (
         select lane, id, row_number() over oldest as place, sum(size) over oldest as total
         from chosen window oldest as (order by created_at, lane, id)
       ), dropped as (
         delete from event_outbox using measured
         where event_outbox.lane = measured.lane and event_outbox.id = measured.id
           and (place = 1 or total <= :bytes or not :isKept)
         returning event_outbox.*
       )
       select ${isKept ? wholeColumns : columns} from dropped order by created_at, lane, dropped.id`,
      { ...values, events, bytes, until, isKept },
    );
    if (isKept && rows.length > 0) keep(rows);
    return rows;
  });
}
