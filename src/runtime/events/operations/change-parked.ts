import type { Knex } from 'knex';
import { AT_ONCE, type Excerpt } from './filter.ts';
import {
  readParkedEvents,
  readParkedExcerpt,
  thePlace,
  type ParkedEventRow,
  type ParkedPlace,
} from './parked.ts';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

/** Passes the events to drop to `keep`, batch by batch, or those of the excerpt. Resolves to their number. */
export async function keepParked(
  trx: Knex.Transaction,
  { of, whole, excerpt }: Drop,
  keep: (events: ParkedEventRow[]) => void,
): Promise<number> {
  let count = 0;
  const most = whole ? (excerpt?.events ?? Infinity) : Math.min(1, excerpt?.events ?? 1);
  for (let after: string | undefined; count < most;) {
    const size = { ...(excerpt ?? AT_ONCE), events: Math.min(most - count, AT_ONCE.events) };
    const events = await readParkedExcerpt(trx, of, size, after);
    if (events.length === 0) break;
    keep(events);
    count += events.length;
    after = events.at(-1)?.row;
    if (excerpt) break;
  }
  return count;
}

const tryNow = `state = 'parked', attempts = 0, next_try_at = now(), updated_at = now()`;

/**
 * Makes a key of a consumer group due immediately, with its attempts reset; a running service retries it within a second.
 * Waits for a running attempt. Resolves to false if the key has been released.
 */
export async function redriveKey(database: Knex, { group, topic, key }: ParkedPlace): Promise<boolean> {
  const { rowCount } = await inTransaction(database, (trx) =>
    trx.raw<{ rowCount: number }>(`update event_parked_keys set ${tryNow} where ${thePlace}`, [
      group,
      topic,
      key,
    ]),
  );
  return rowCount === 1;
}

/** The events to drop: the first event of a key as it was listed, alone or with all events behind it. */
export interface Drop {
  of: ParkedPlace;
  firstRow: string | null;
  whole: boolean;
  /** The events that are passed to `keep`; all of them if undefined. */
  excerpt?: Excerpt;
}

/** Locks a key, and reports whether its first event is still the listed one. */
export async function lockAsSeen(trx: Knex.Transaction, { of, firstRow }: Drop): Promise<boolean> {
  const { group, topic, key } = of;
  await trx.raw(`select from event_parked_keys where ${thePlace} for update`, [group, topic, key]);
  const [first] = await readParkedEvents(trx, of, 1);
  return first !== undefined && first.row === firstRow;
}

/**
 * Deletes the first event of a consumer group's key, or all of its events; the rest is retried immediately. Waits for a
 * running attempt. Resolves to the number deleted; to undefined, without a change, if another event is now the first one.
 * `keep` receives the events, or the excerpt, before COMMIT.
 */
export async function dropParked(
  database: Knex,
  drop: Drop,
  keep: (events: ParkedEventRow[]) => void,
): Promise<number | undefined> {
  const { of, firstRow, whole } = drop;
  const place = [of.group, of.topic, of.key];
  return inTransaction(database, async (trx) => {
    rejectRolledBack(trx);
    if (!(await lockAsSeen(trx, drop))) return undefined;
    await keepParked(trx, drop, keep);
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `delete from event_parked where ${whole ? thePlace : 'id = ?'}`,
      whole ? place : [firstRow],
    );
    if (!(await resumed(trx, place))) await trx.raw(`delete from event_parked_keys where ${thePlace}`, place);
    return rowCount;
  });
}

/** Makes the rest of a locked key due; false if there is none. */
async function resumed(trx: Knex.Transaction, place: string[]): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update event_parked_keys set ${tryNow}, error = 'not tried yet; the event before it was dropped'
     where ${thePlace} and exists (select from event_parked where ${thePlace})`,
    [...place, ...place],
  );
  return rowCount === 1;
}
