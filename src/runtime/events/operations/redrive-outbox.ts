import { CHANNEL, laneOf } from '../outbox/lanes.ts';
import type { Knex } from 'knex';
import { lockKeys } from '../outbox/insert.ts';
import type { TopicKey } from '../relay/refused-rows.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

const lockKey = `
  select from event_parked_keys where consumer_group = '' and topic = $1 and key = $2 for update`;

const deleteKey = `delete from event_parked_keys where consumer_group = '' and topic = $1 and key = $2`;

const deleteHead = `
  delete from event_parked where id = (
    select min(id) from event_parked where consumer_group = '' and topic = $1 and key = $2
  )`;

const deleteParked = `delete from event_parked where consumer_group = '' and topic = $1 and key = $2`;

const lane = laneOf('$1', '$2');

const deleteWaiting = `delete from event_outbox where lane = ${lane} and topic = $1 and key = $2`;

/** Waiting rows of event_outbox are younger than those moved from there. The insert does not see its own rows. */
const sendAgain = `
  with parked as (${deleteParked} returning id, headers, convert_from(value, 'UTF8') as payload),
  waiting as (${deleteWaiting} returning id, headers, payload),
  every as (
    select 1 as place, id, headers, payload from parked union all select 2, id, headers, payload from waiting
  )
  insert into event_outbox (topic, key, headers, payload)
  select $1, $2, headers, payload from every order by place, id`;

const tellRelays = `select pg_notify('${CHANNEL}', ${lane}::text)`;

interface Changed {
  rowCount: number;
}

interface Counting {
  query(sql: string, values: unknown[]): Promise<Changed & { rows: { lane: number }[] }>;
}

type Change = (sql: string) => Promise<Changed>;

/**
 * Sends the events of a blocked key again, starting with the one that Kafka refused, in order; events published about the key
 * meanwhile come after them. One transaction, safe next to relays and publishers, and safe to repeat. Resolves to the number
 * of events; undefined if the key is not blocked.
 */
export function redriveOutgoing(database: Knex, topicKey: TopicKey): Promise<number | undefined> {
  return whereBlocked(database, topicKey, unblock);
}

export interface DropOptions {
  /** Delete every waiting event of the key, instead of only the first one. */
  queue?: boolean;
}

/**
 * Deletes the event that blocks a key, and sends the events behind it in order; one transaction. Resolves to the number of
 * deleted events; undefined if the key is not blocked.
 */
export function dropOutgoing(
  database: Knex,
  topicKey: TopicKey,
  { queue = false }: DropOptions = {},
): Promise<number | undefined> {
  return whereBlocked(database, topicKey, async (change) => {
    const parked = await change(queue ? deleteParked : deleteHead);
    const waiting = queue ? await change(deleteWaiting) : { rowCount: 0 };
    await unblock(change);
    return parked.rowCount + waiting.rowCount;
  });
}

async function unblock(change: Change): Promise<number> {
  const { rowCount } = await change(sendAgain);
  await change(deleteKey);
  await change(tellRelays);
  return rowCount;
}

/** Locks out publishers of the key first, as they lock out each other, and then relays that move its rows. */
function whereBlocked(
  database: Knex,
  { topic, key }: TopicKey,
  work: (change: Change) => Promise<number>,
): Promise<number | undefined> {
  return inTransaction(database, async (trx) => {
    const connection: Counting = await trx.client.acquireConnection();
    const change: Change = (sql) => connection.query(sql, [topic, key]);
    await lockKeys(connection, [key]);
    const { rowCount } = await change(lockKey);
    return rowCount === 0 ? undefined : work(change);
  });
}
