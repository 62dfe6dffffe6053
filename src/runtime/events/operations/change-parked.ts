import type { Knex } from 'knex';
import { readParkedEvents, thePlace, type ParkedEventRow, type ParkedPlace } from './parked.ts';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

const BATCH = 200;

/** Passes the first event of a key, or all of its events batch by batch, to `keep`, and resolves to their number. */
export async function keepParked(
  trx: Knex.Transaction,
  place: ParkedPlace,
  whole: boolean,
  keep: (events: ParkedEventRow[]) => void,
): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ;) {
    const events = await readParkedEvents(trx, place, whole ? BATCH : 1, { after });
    keep(events);
    count += events.length;
    after = events.at(-1)?.row;
    if (!whole || events.length < BATCH) return count;
  }
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
 * `keep` receives the events before COMMIT, so no event is deleted unseen.
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
    const count = await keepParked(trx, of, whole, keep);
    if (whole) await trx.raw(`delete from event_parked where ${thePlace}`, place);
    else await trx.raw('delete from event_parked where id = ?', [firstRow]);
    if (!(await resumed(trx, place))) await trx.raw(`delete from event_parked_keys where ${thePlace}`, place);
    return count;
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
