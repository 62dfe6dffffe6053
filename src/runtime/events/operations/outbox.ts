import type { Knex } from 'knex';
import { conditionsOf, COUNTED, olderThan } from './filter.ts';
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

const BATCH = 200;

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

/**
 * Deletes waiting events, at most `limit`, in batches, but none that is saved after the start. A relay that has already read
 * one still sends it. `keep` receives each batch before COMMIT, so no event is deleted unseen.
 */
export async function dropWaiting(
  database: Knex,
  filter: WaitingFilter,
  limit: number,
  keep: (events: WholeWaitingEvent[]) => void,
): Promise<number> {
  const { sql, values } = conditionsOf(filter, conditions);
  const { rows: begun } = await database.raw<{ rows: { now: Date }[] }>('select clock_timestamp() as now');
  let dropped = 0;
  for (let found = BATCH; found === BATCH && dropped < limit; dropped += found) {
    const size = Math.min(BATCH, limit - dropped);
    found = await inTransaction(database, async (trx) => {
      rejectRolledBack(trx);
      const { rows } = await trx.raw<{ rows: WholeWaitingEvent[] }>(
        `with chosen as materialized (
           select lane, id from event_outbox where ${sql} and created_at <= :until
           order by created_at, lane, id limit :size for update
         ), dropped as (
           delete from event_outbox using chosen
           where event_outbox.lane = chosen.lane and event_outbox.id = chosen.id returning event_outbox.*
         )
         select ${wholeColumns} from dropped order by created_at, lane, dropped.id`,
        { ...values, size, until: begun[0]?.now },
      );
      keep(rows);
      return rows.length;
    });
  }
  return dropped;
}
