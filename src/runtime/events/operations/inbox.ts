import type { Knex } from 'knex';
import { conditionsOf, COUNTED, olderThan } from './filter.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

/** The events that consumer groups have handled, for operators (commands/inbox.ts). */

/** Selects events; all given conditions must hold. */
export interface HandledFilter {
  group?: string;
  topic?: string;
  source?: string;
  id?: string;
  /** The least time since the event was handled, in ms. */
  olderThan?: number;
}

export interface HandledEventRow {
  group: string;
  topic: string;
  source: string;
  id: string;
  receivedAt: Date;
}

const BATCH = 1_000;
const conditions: Record<keyof HandledFilter, string> = {
  group: 'consumer_group = :group',
  topic: 'topic = :topic',
  source: 'source = :source',
  id: 'event_id = :id',
  olderThan: olderThan('received_at'),
};
const columns = `consumer_group as "group", topic, source, event_id as id, received_at as "receivedAt"`;

/** Returns the events handled last, at most `limit`, and the number of further ones, counted up to `COUNTED`. */
export async function findHandled(
  database: Knex,
  filter: HandledFilter,
  limit: number,
): Promise<{ events: HandledEventRow[]; more: number }> {
  const { sql, values } = conditionsOf(filter, conditions);
  const { rows } = await database.raw<{ rows: HandledEventRow[] }>(
    `select ${columns} from event_inbox where ${sql} order by received_at desc limit :limit`,
    { ...values, limit },
  );
  const { rows: counted } = await database.raw<{ rows: { count: number }[] }>(
    `select count(*)::int from (select from event_inbox where ${sql} limit :most) as found`,
    { ...values, most: limit + COUNTED },
  );
  return { events: rows, more: Math.max(0, (counted[0]?.count ?? 0) - rows.length) };
}

/**
 * Deletes records of handled events, at most `limit`, latest first, but none that is handled after the start. Such an event
 * is handled again when it is delivered again. `seen` receives the deleted records, batch by batch.
 */
export async function forgetHandled(
  database: Knex,
  filter: HandledFilter,
  limit: number,
  seen: (events: HandledEventRow[]) => void,
): Promise<number> {
  const { sql, values } = conditionsOf(filter, conditions);
  const { rows: begun } = await database.raw<{ rows: { now: Date }[] }>('select clock_timestamp() as now');
  let forgotten = 0;
  for (let found = BATCH; found === BATCH && forgotten < limit; forgotten += found) {
    const { rows } = await inTransaction(database, (trx) =>
      trx.raw<{ rows: HandledEventRow[] }>(
        `delete from event_inbox where ctid = any (array(
         select ctid from event_inbox where ${sql} and received_at <= :until
         order by received_at desc limit :size for update
       )) returning ${columns}`,
        { ...values, size: Math.min(BATCH, limit - forgotten), until: begun[0]?.now },
      ),
    );
    seen(rows);
    found = rows.length;
  }
  return forgotten;
}
