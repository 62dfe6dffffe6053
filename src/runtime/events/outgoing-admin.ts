import type { Knex } from 'knex';
import { readWaiting } from './outbox-admin.ts';
import { lockKeys, type Connection } from './outbox-insert.ts';
import { dropOutgoing } from './outbox-redrive.ts';
import { readParkedEvents, type Drop, type ParkedEvent, type ParkedPlace } from './parked-admin.ts';
import { rejectRolledBack } from './transaction-commit.ts';

/** More than there can be. */
const EVERY = 1_000_000_000;

/** The first event of a blocked key on its way out; with `whole` all that wait, those that are still in the outbox too. */
export async function readOutgoing(
  database: Knex,
  place: ParkedPlace,
  whole: boolean,
): Promise<ParkedEvent[]> {
  const parked = await readParkedEvents(database, place, whole ? undefined : 1);
  if (!whole) return parked;
  const { topic, key } = place;
  const waiting = await readWaiting(database, { topic, key }, EVERY);
  return [...parked, ...waiting.map((event) => asParked(event, place))];
}

const asParked = (
  { row, source, id, type, headers, value, createdAt }: Awaited<ReturnType<typeof readWaiting>>[number],
  place: ParkedPlace,
): ParkedEvent => ({
  ...place,
  ...{ row, source, id, type, headers, partition: null, position: null, rawKey: null },
  value: Buffer.from(value),
  receivedAt: createdAt,
  parkedAt: createdAt,
});

/**
 * `dropParked` for a key on its way out: what remains is sent. Publishers of the key wait meanwhile, so that all that is
 * deleted has been given to `keep`.
 */
export async function dropOutgoingKey(
  database: Knex,
  { of, firstRow, whole }: Drop,
  keep: (events: ParkedEvent[]) => void,
): Promise<ParkedEvent[] | undefined> {
  return database.transaction(async (trx) => {
    rejectRolledBack(trx);
    // the locks that dropOutgoing takes, in its order
    const connection: Connection = await trx.client.acquireConnection();
    await lockKeys(connection, [of.key]);
    await trx.raw(
      'select from event_parked_keys where consumer_group = ? and topic = ? and key = ? for update',
      [of.group, of.topic, of.key],
    );
    const events = await readOutgoing(trx, of, whole);
    if (events.length === 0 || events[0]?.row !== firstRow) return undefined;
    keep(events);
    await dropOutgoing(trx, of, { queue: whole });
    return events;
  });
}
