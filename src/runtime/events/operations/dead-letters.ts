import type { Knex } from 'knex';
import { AT_ONCE } from './filter.ts';
import { countWaiting, readWaiting, readWaitingExcerpt, type WholeWaitingEvent } from './outbox.ts';
import { lockKeys, type OutboxConnection } from '../outbox/insert.ts';
import { dropOutgoing } from './redrive-outbox.ts';
import type { ParkedEventRow, ParkedPlace } from './parked.ts';
import { keepParked, lockAsSeen, type Drop } from './change-parked.ts';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

/** More events than there can be. */
const EVERY = 1_000_000_000;

/** Returns the number of events of a blocked key that are still in the outbox, behind the parked ones. */
export const countBehind = (database: Knex, { topic, key }: ParkedPlace): Promise<number> =>
  countWaiting(database, { topic, key }, EVERY);

/** Returns these events, at most `limit`, in the form of parked events. */
export async function readBehind(
  database: Knex,
  place: ParkedPlace,
  limit: number,
  most?: number,
): Promise<ParkedEventRow[]> {
  const { topic, key } = place;
  const waiting = await readWaiting(database, { topic, key }, limit, most);
  return waiting.map((event) => asParked(event, place));
}

const asParked = (
  { row, source, id, type, headers, value, bytes, createdAt }: WholeWaitingEvent,
  place: ParkedPlace,
): ParkedEventRow => ({
  ...{ ...place, row, source, id, type, headers, partition: null, position: null, rawKey: null },
  value: value === null ? null : Buffer.from(value),
  bytes,
  receivedAt: createdAt,
  parkedAt: createdAt,
});

/** `dropParked` for an outgoing key: the rest is sent. Publishers of the key wait meanwhile. */
export async function dropOutgoingKey(
  database: Knex,
  drop: Drop,
  keep: (events: ParkedEventRow[]) => void,
): Promise<number | undefined> {
  const { of, whole } = drop;
  return inTransaction(database, async (trx) => {
    rejectRolledBack(trx);
    // the locks that dropOutgoing takes, in its order
    const connection: OutboxConnection = await trx.client.acquireConnection();
    await lockKeys(connection, [of.key]);
    if (!(await lockAsSeen(trx, drop))) return undefined;
    const kept = await keepParked(trx, drop, keep);
    if (whole) await keepBehind(trx, drop, kept, keep);
    return dropOutgoing(trx, of, { queue: whole });
  });
}

/** Passes the events behind the parked ones to `keep`; with an excerpt, only if it has room for more than `kept` events. */
async function keepBehind(
  trx: Knex.Transaction,
  { of, excerpt }: Drop,
  kept: number,
  keep: (events: ParkedEventRow[]) => void,
): Promise<void> {
  const size = excerpt ? { ...excerpt, events: excerpt.events - kept } : AT_ONCE;
  if (size.events <= 0) return;
  for (let after: string | undefined; ;) {
    const events = await readWaitingExcerpt(trx, of, size, after);
    if (events.length === 0) return;
    keep(events.map((event) => asParked(event, of)));
    after = events.at(-1)?.row;
    if (excerpt) return;
  }
}
