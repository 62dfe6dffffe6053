import type { Knex } from 'knex';
import { conditionsOf, excerptOf, olderThan, type Excerpt } from './filter.ts';

/** Parked keys and their events, for operators (commands/parked.ts); the consumer has its own. */

/** `parked`: retried automatically; `dead`: waits for an operator. */
export type ParkedState = 'parked' | 'dead';

export interface ParkedPlace {
  /** `''` for outgoing events. */
  group: string;
  topic: string;
  key: string;
}

/** Selects keys; all given conditions must hold. */
export interface ParkedFilter {
  state: ParkedState;
  group?: string;
  topic?: string;
  key?: string;
  id?: string;
  type?: string;
  /** The least time since the key was parked, in ms. */
  olderThan?: number;
  /** Whether `id` and `type` are those of the first event, which failed, or of any waiting event. */
  of: 'first' | 'any';
}

export interface ParkedKeyRow extends ParkedPlace {
  state: ParkedState;
  reason: string;
  error: string;
  attempts: number;
  nextTryAt: Date | null;
  parkedAt: Date;
  updatedAt: Date;
  /** The number of waiting events, including the first one. */
  events: number;
  /** The row of the first event; null if there is none, which the runtime never leaves behind. */
  firstRow: string | null;
  firstSource: string | null;
  firstId: string | null;
  firstType: string | null;
}

/** A received header: bytes that are not text are in base64, and a repeated header is an array. */
export type ParkedHeader = string | { base64: string } | (string | { base64: string })[];

export interface ParkedEventRow extends ParkedPlace {
  row: string;
  /** Its place in Kafka; null for an outgoing event. */
  partition: number | null;
  position: string | null;
  source: string | null;
  id: string | null;
  type: string | null;
  headers: Record<string, ParkedHeader>;
  rawKey: Buffer | null;
  /** Null for a tombstone, for an event that was too large to be kept, and beyond the requested bytes. */
  value: Buffer | null;
  /** The size of the value; null if there is none. */
  bytes: number | null;
  receivedAt: Date | null;
  parkedAt: Date;
}

const keyColumns = `
  k.consumer_group as "group", k.topic, k.key, k.state, k.reason, k.error, k.attempts, k.next_try_at as "nextTryAt",
  k.parked_at as "parkedAt", k.updated_at as "updatedAt", first.id as "firstRow", first.source as "firstSource",
  first.event_id as "firstId", first.type as "firstType"`;

const eventColumns = `
  consumer_group as "group", topic, key, id as row, partition, position, source, event_id as id, type, headers,
  raw_key as "rawKey", octet_length(value) as bytes, received_at as "receivedAt", parked_at as "parkedAt"`;

const ofKey = (alias: string): string =>
  `${alias}.consumer_group = k.consumer_group and ${alias}.topic = k.topic and ${alias}.key = k.key`;

/** Returns the keys that have waited longest, at most `limit`, and the total number. */
export async function findParkedKeys(
  database: Knex,
  filter: ParkedFilter,
  limit: number,
): Promise<{ keys: ParkedKeyRow[]; total: number }> {
  const { sql, values } = conditionsFor(filter);
  const { rows } = await database.raw<{ rows: (ParkedKeyRow & { total: string })[] }>(
    `with found as (
       select ${keyColumns}, count(*) over () as total
       from event_parked_keys as k left join lateral (
         select e.id, e.source, e.event_id, e.type from event_parked as e where ${ofKey('e')} order by e.id limit 1
       ) as first on true
       where ${sql}
       order by k.parked_at, k.consumer_group, k.topic, k.key limit :limit
     )
     select found.*, (
       select count(*)::int from event_parked as e
       where e.consumer_group = found."group" and e.topic = found.topic and e.key = found.key
     ) as events
     from found order by "parkedAt", "group", topic, key`,
    { ...values, limit },
  );
  return { keys: rows, total: Number(rows[0]?.total ?? 0) };
}

function conditionsFor({ of, ...filter }: ParkedFilter) {
  const ofEvent = (column: string, name: string): string =>
    of === 'first'
      ? `first.${column} = :${name}`
      : `exists (select from event_parked as e where ${ofKey('e')} and e.${column} = :${name})`;
  return conditionsOf(filter, {
    state: 'k.state = :state',
    group: 'k.consumer_group = :group',
    topic: 'k.topic = :topic',
    key: 'k.key = :key',
    id: ofEvent('event_id', 'id'),
    type: ofEvent('type', 'type'),
    olderThan: olderThan('k.parked_at'),
  });
}

export const thePlace = 'consumer_group = ? and topic = ? and key = ?';

const bounded = `
  case when sum(coalesce(octet_length(value), 0)) over (order by event_parked.id) <= ? then value end as value`;

/**
 * Returns the events of a key in order, at most `limit`, after the row `after`; the very first one is the one that failed.
 * With `most`, values are read up to that total size.
 */
export async function readParkedEvents(
  database: Knex,
  { group, topic, key }: ParkedPlace,
  limit: number,
  { after = '0', most }: { after?: string | undefined; most?: number } = {},
): Promise<ParkedEventRow[]> {
  const { rows } = await database.raw<{ rows: ParkedEventRow[] }>(
    `select ${eventColumns}, ${most === undefined ? 'value' : bounded} from event_parked where ${thePlace} and event_parked.id > ?
     order by event_parked.id limit ?`,
    [...(most === undefined ? [] : [most]), group, topic, key, after, limit],
  );
  return rows;
}

/** Returns the first events of a key after the row `after`, in order and with their values. */
export async function readParkedExcerpt(
  database: Knex,
  { group, topic, key }: ParkedPlace,
  { events, bytes }: Excerpt,
  after = '0',
): Promise<ParkedEventRow[]> {
  const { rows } = await database.raw<{ rows: ParkedEventRow[] }>(
    `select ${eventColumns}, value from ${excerptOf(
      `select *, coalesce(octet_length(value), 0) as bytes
       from event_parked where ${thePlace} and id > ? order by id limit ?`,
    )} as event_parked order by event_parked.id`,
    [group, topic, key, after, events, bytes],
  );
  return rows;
}
