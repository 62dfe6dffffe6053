import type { Knex } from 'knex';

/** The columns of a copied position: those that identify its log, but not the number of resets. */
export const positionColumns =
  'topic, partition, position, topic_id, witness_offset, witness_timestamp, witness_digest';
/** The columns of a copied inbox row; with its time of receipt, it is deleted together with the original. */
export const inboxColumns = 'topic, source, event_id, received_at';

/** Two consumer groups, and the topics to copy. */
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
 * Copies the positions of a group; existing positions of the other group stay. Waits for running batches of the group, which
 * handles no further batch until the transaction ends. Resolves to the number of copies.
 */
export async function copyPositions(trx: Knex.Transaction, { from, to, topics }: GroupCopy): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(positions, [to, from, [...topics]]);
  return rowCount;
}

const inbox = `
  insert into event_inbox (consumer_group, ${inboxColumns})
  select ?, ${inboxColumns} from event_inbox where consumer_group = ? and topic = any (?::text[])
  on conflict do nothing`;

/** Copies a group's records of handled events. */
export async function copyInbox(trx: Knex.Transaction, { from, to, topics }: GroupCopy): Promise<void> {
  await trx.raw(inbox, [to, from, [...topics]]);
}
