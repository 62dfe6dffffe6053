import type { Knex } from 'knex';

/** What a copy of a position keeps: which log it is a place in, and not how often it was set back. */
export const positionColumns =
  'topic, partition, position, topic_id, witness_offset, witness_timestamp, witness_digest';
/** What a copy of an inbox row keeps, so that it is forgotten when the row is. */
export const inboxColumns = 'topic, source, event_id, received_at';

/** From one consumer group to another one, in some topics. */
export interface GroupCopy {
  from: string;
  to: string;
  topics: readonly string[];
}

const positions = `
  insert into event_positions (consumer_group, ${positionColumns})
  select ?, ${positionColumns} from (
    select ${positionColumns} from event_positions
    where consumer_group = ? and topic = any (?::text[]) order by topic, partition for update
  ) as source
  on conflict do nothing`;

/**
 * Copies the positions of a group; those that the other one has stay. Waits for batches of the group that are being handled, and
 * until the transaction ends it handles no other one. Resolves to how many were copied.
 */
export async function copyPositions(trx: Knex.Transaction, { from, to, topics }: GroupCopy): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(positions, [to, from, [...topics]]);
  return rowCount;
}

const inbox = `
  insert into event_inbox (consumer_group, ${inboxColumns})
  select ?, ${inboxColumns} from event_inbox where consumer_group = ? and topic = any (?::text[])
  on conflict do nothing`;

/** Copies what a group remembers of the events that it handled. */
export async function copyInbox(trx: Knex.Transaction, { from, to, topics }: GroupCopy): Promise<void> {
  await trx.raw(inbox, [to, from, [...topics]]);
}
