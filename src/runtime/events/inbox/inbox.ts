import type { Knex } from 'knex';
import { identityOf, type EventIdentity } from '../event/definition.ts';
import type { GroupPartition, PartitionPosition } from './positions.ts';
import { deletedBatch, deleteInBatches, type BatchesOptions } from '../../database/pruning/batches.ts';
import type { Witness } from './witness.ts';

/** Prepared, because planning it takes longer than running it. */
const claimText = `
  with moved as (
    update event_positions set position = $1, updated_at = now(),
      witness_offset = coalesce($16::bigint, witness_offset),
      witness_timestamp = case when $16::bigint is null then witness_timestamp else $17::bigint end,
      witness_digest = coalesce($18::bytea, witness_digest)
    where consumer_group = $2 and topic = $3 and partition = $4 and position = $5 and resets = $6
    returning position
  ), fresh as (
    insert into event_inbox (consumer_group, topic, source, event_id)
    select $7, $8, event.source, event.id from unnest($9::text[], $10::text[]) as event (source, id)
    where exists (select from moved)
    on conflict do nothing
    returning source, event_id
  )
  select
    (select count(*) from moved)::int as moved,
    (select case when count(*) < $11 then coalesce(json_agg(json_build_array(source, event_id)), '[]') end from fresh)
      as fresh,
    exists (select from event_parked_keys where consumer_group = $12 and topic = $13) as parked,
    set_config('statement_timeout', $14, true), set_config('idle_in_transaction_session_timeout', $15, true)`;

export interface Claim {
  of: GroupPartition;
  /** The group's position as this member knows it. */
  known: PartitionPosition;
  /** The group's position after all events are handled. */
  next: number;
  /** The last record before `next`; without one, the earlier witness stays. */
  witness?: Witness | undefined;
  events: EventIdentity[];
  /**
   * The time limit of each later statement of the transaction, in ms. After twice as long without a statement, PostgreSQL
   * ends the session: the owner's machine has died or hangs, and the next owner waits for it.
   */
  statementTimeout: number;
  /** The connection is one PostgreSQL session, without a pooler, so it may cache the plan. */
  session?: boolean;
}

export interface Claimed {
  /** The new events, by identity; the others were handled before. */
  unseen: Map<string, EventIdentity>;
  /** Whether any key of the topic is parked. */
  parked: boolean;
}

/**
 * Moves the group's position and inserts events into its inbox, in one round trip of the transaction that handles them.
 * Undefined if the position has changed, because another member had the partition meanwhile. Two members with the same claim
 * wait for each other.
 */
export async function claimEvents(
  trx: Knex.Transaction,
  { of, known, next, witness, events, statementTimeout, session = false }: Claim,
): Promise<Claimed | undefined> {
  const { groupId, topic, partition } = of;
  const position = [next, groupId, topic, partition, known.position, known.resets];
  const inbox = [groupId, topic, ...identityColumns(events)];
  const timeouts = [String(statementTimeout), String(2 * statementTimeout)];
  const seen = [witness?.offset ?? null, witness?.timestamp ?? null, witness?.digest ?? null];
  const values = [...position, ...inbox, events.length, groupId, topic, ...timeouts, ...seen];
  const connection: InboxConnection = await trx.client.acquireConnection();
  const { rows } = await connection.query({
    ...(session && { name: 'inbox_claim' }),
    text: claimText,
    values,
  });
  const [{ moved, fresh, parked }] = rows;
  if (moved === 0) return undefined;
  const unseen = fresh?.map(([source, id]) => ({ source, id })) ?? events;
  return { unseen: new Map(unseen.map((event) => [identityOf(event), event])), parked };
}

/** A client of `pg`, because Knex does not name statements. */
interface InboxConnection {
  query(statement: { name?: string; text: string; values: unknown[] }): Promise<{ rows: [ClaimRow] }>;
}

/** `fresh` is null if all events are new. */
interface ClaimRow {
  moved: number;
  fresh: [string, string][] | null;
  parked: boolean;
}

const claimMore = `
  insert into event_inbox (consumer_group, topic, source, event_id)
  select ?, ?, event.source, event.id from unnest(?::text[], ?::text[]) as event (source, id)
  on conflict do nothing
  returning source, event_id as id`;

/**
 * Inserts events into the inbox of another group, and resolves to those that were missing; waits for concurrent inserts of
 * the same event.
 */
export async function claimInbox(
  trx: Knex.Transaction,
  { groupId, topic }: Pick<GroupPartition, 'groupId' | 'topic'>,
  events: readonly EventIdentity[],
): Promise<EventIdentity[]> {
  if (events.length === 0) return [];
  const { rows } = await trx.raw<{ rows: EventIdentity[] }>(claimMore, [
    groupId,
    topic,
    ...identityColumns(events),
  ]);
  return rows;
}

const deleteSome = `
  delete from event_inbox using unnest(?::text[], ?::text[]) as event (source, id)
  where consumer_group = ? and event_inbox.source = event.source and event_id = event.id`;

/** Removes, in the same transaction, events that were inserted into the inbox but not handled. */
export async function forgetInbox(
  trx: Knex.Transaction,
  groupId: string,
  events: readonly EventIdentity[],
): Promise<void> {
  if (events.length === 0) return;
  await trx.raw(deleteSome, [...identityColumns(events), groupId]);
}

function identityColumns(events: readonly EventIdentity[]): string[][] {
  return [events.map(({ source }) => source), events.map(({ id }) => id)];
}

const deleteOld = `
  with deleted as (
    delete from event_inbox where ctid = any (array(
      select ctid from event_inbox where received_at >= ? and received_at < ?
      order by received_at limit ? for update skip locked))
    returning received_at
  ) ${deletedBatch('received_at')}`;

/**
 * Deletes inbox rows received before `before`, until none is left or `stopped` returns true; safe in several replicas at once. A row
 * may be deleted once no producer can send its event again.
 */
export const pruneInbox = (database: Knex, before: Date, options?: BatchesOptions): Promise<number> =>
  deleteInBatches(database, deleteOld, before, options);
