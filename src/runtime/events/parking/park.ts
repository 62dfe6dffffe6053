import type { Knex } from 'knex';
import type { IncomingMessage } from '../event/message.ts';
import { keyTextOf, parkedValues, reducedValues } from './stored-message.ts';
import { storableText } from '../event/storable-text.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

/** The topic of a consumer group. */
export interface GroupTopic {
  groupId: string;
  topic: string;
}

/** The reason for which an event is parked. */
export type ParkReason = 'unreadable' | 'too large' | 'unknown version' | 'bug' | 'timeout' | 'failure';

/** The decision to park an event, with its reason. */
export interface Verdict {
  reason: ParkReason;
  error: string;
  /** The number of failed attempts so far. */
  attempts: number;
  /** Milliseconds until the next attempt; undefined makes it a dead letter. */
  nextTryIn: number | undefined;
}

const lock = `
  select key from event_parked_keys
  where consumer_group = ? and topic = ? and key = any (?::text[])
  order by key for key share`;

/**
 * Returns the parked ones among the keys. They stay parked until the transaction ends; a key that is about to be finished is
 * waited for and not returned. None of the others can be parked meanwhile, except by the holder of the key's partition.
 */
export async function lockParkedKeys(
  trx: Knex.Transaction,
  { groupId, topic }: GroupTopic,
  keys: Iterable<string>,
): Promise<Set<string>> {
  const { rows } = await trx.raw<{ rows: { key: string }[] }>(lock, [groupId, topic, [...new Set(keys)]]);
  return new Set(rows.map(({ key }) => key));
}

const park = `
  insert into event_parked_keys (consumer_group, topic, key, state, reason, error, attempts, next_try_at)
  select ?, ?, ?, case when ?::float8 is null then 'dead' else 'parked' end, ?, ?, ?, now() + ?::float8 * interval '1 millisecond'
  where (select count(*) from event_parked_keys where consumer_group = ?) < ?
  on conflict do nothing`;

/**
 * Parks a key. Resolves to false if `limit` keys of the group are already parked (slightly more if several replicas park at
 * the same instant). The failed event must be appended in the same transaction.
 */
export async function parkKey(
  trx: Knex.Transaction,
  { groupId, topic }: GroupTopic,
  key: string,
  { reason, error, attempts, nextTryIn }: Verdict,
  limit: number,
): Promise<boolean> {
  const wait = nextTryIn ?? null;
  const row = [groupId, topic, key, wait, reason, storableText(error), attempts, wait];
  const { rowCount } = await trx.raw<{ rowCount: number }>(park, [...row, groupId, limit]);
  // another partition may have parked the same key
  return rowCount > 0 || (await lockParkedKeys(trx, { groupId, topic }, [key])).has(key);
}

const append = `
  insert into event_parked
    (consumer_group, topic, key, partition, position, source, event_id, type, headers, raw_key, value, received_at)
  select ?, ?, key, partition, position, source, event_id, type, headers, raw_key, value, received_at from unnest(
    ?::text[], ?::int[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::jsonb[], ?::bytea[], ?::bytea[], ?::timestamptz[]
  ) with ordinality as event
    (key, partition, position, source, event_id, type, headers, raw_key, value, received_at, place)
  order by place`;

const ROWS_PER_STATEMENT = 100;

/**
 * Appends messages after the waiting ones of their keys, in order. The keys must be parked, and locked or parked by `trx`. If
 * PostgreSQL refuses the content of a message, it is appended in a reduced form, since no other event may wait for it.
 */
export async function appendParked(
  trx: Knex.Transaction,
  { groupId, topic }: GroupTopic,
  messages: readonly IncomingMessage[],
): Promise<void> {
  for (let start = 0; start < messages.length; start += ROWS_PER_STATEMENT) {
    await appendSome(trx, { groupId, topic }, messages.slice(start, start + ROWS_PER_STATEMENT));
  }
}

async function appendSome(
  trx: Knex.Transaction,
  of: GroupTopic,
  messages: readonly IncomingMessage[],
): Promise<void> {
  const [first, ...others] = messages;
  try {
    await inTransaction(trx, (savepoint) => appendRows(savepoint, of, messages.map(parkedValues)));
  } catch (error) {
    if (!first || !isDataError(error)) throw error;
    if (others.length === 0) return appendRows(trx, of, [reducedValues(first, wordsOf(error))]);
    for (const message of messages) await appendSome(trx, of, [message]);
  }
}

async function appendRows(
  trx: Knex.Transaction,
  { groupId, topic }: GroupTopic,
  rows: readonly unknown[][],
): Promise<void> {
  const columns = rows[0]?.map((_, column) => rows.map((row) => row[column])) ?? [];
  await trx.raw(append, [groupId, topic, ...columns] as Knex.RawBinding[]);
}

/** Knex prefixes PostgreSQL's message with the statement. */
const wordsOf = ({ message }: Error): string => message.split(' - ').at(-1) ?? message;

/** Classes 22 (data exception) and 54 (program limit exceeded): https://www.postgresql.org/docs/current/errcodes-appendix.html */
const isDataError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && /^(22|54)/.test(String(error.code));

export const messageKeys = (messages: readonly IncomingMessage[]): string[] =>
  messages.flatMap((message) => (message.key === null ? [] : [keyTextOf(message)]));
