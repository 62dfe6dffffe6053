import type { Knex } from 'knex';

/** What makes an event one event (CloudEvents 1.0: "source + id is unique"). */
export interface EventIdentity {
  source: string;
  id: string;
}

export const identityOf = ({ source, id }: EventIdentity): string => JSON.stringify([source, id]);

const insertNew = `
  insert into event_inbox (consumer_group, source, event_id)
  select ?, event.source, event.id from unnest(?::text[], ?::text[]) as event (source, id)
  on conflict do nothing
  returning source, event_id as id`;

/**
 * Remembers in the handlers' transaction that a group has these events.
 * Resolves to those that are new, by identity; the others were handled before. Waits for a transaction that inserts the same.
 */
export async function insertIntoInbox(
  trx: Knex.Transaction,
  groupId: string,
  events: EventIdentity[],
): Promise<Map<string, EventIdentity>> {
  if (events.length === 0) return new Map();
  const { rows } = await trx.raw<{ rows: EventIdentity[] }>(insertNew, [groupId, ...columnsOf(events)]);
  return new Map(rows.map((row) => [identityOf(row), row]));
}

const deleteSome = `
  delete from event_inbox using unnest(?::text[], ?::text[]) as event (source, id)
  where consumer_group = ? and event_inbox.source = event.source and event_id = event.id`;

/** Takes back, in the same transaction, events that were put into the inbox and then not handled. */
export async function forgetInbox(
  trx: Knex.Transaction,
  groupId: string,
  events: readonly EventIdentity[],
): Promise<void> {
  if (events.length === 0) return;
  await trx.raw(deleteSome, [...columnsOf(events), groupId]);
}

function columnsOf(events: readonly EventIdentity[]): string[][] {
  return [events.map(({ source }) => source), events.map(({ id }) => id)];
}

const deleteOld = `
  delete from event_inbox where ctid = any (array(
    select ctid from event_inbox where received_at < ? order by received_at limit ? for update skip locked))`;

/**
 * Deletes the inbox rows that came before `before`, `batchSize` rows a statement, until none is left or `stopped` says so;
 * safe in several replicas at once. A row may go once no producer sends its event again.
 */
export async function pruneInbox(
  database: Knex,
  before: Date,
  { batchSize = 1_000, stopped = () => false }: { batchSize?: number; stopped?: () => boolean } = {},
): Promise<number> {
  let deleted = 0;
  while (!stopped()) {
    const { rowCount } = await database.raw<{ rowCount: number }>(deleteOld, [before, batchSize]);
    deleted += rowCount;
    if (rowCount < batchSize) break;
  }
  return deleted;
}
