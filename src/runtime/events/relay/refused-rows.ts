import type { RefusedRow } from './sender.ts';
import { failpoint } from '../../async/failpoint.ts';
import type { OutboxRow } from './outbox-rows.ts';
import type { Session } from './session.ts';

/** Outgoing events belong to no consumer group. */
export const OUTGOING = '';

const columns = `consumer_group, topic, key, source, event_id, type, headers, raw_key, value, received_at`;

/** The values of these columns in a row of event_outbox. */
const values = `'', topic, key, headers ->> 'ce_source', headers ->> 'ce_id', headers ->> 'ce_type', headers,
  convert_to(key, 'UTF8'), convert_to(payload, 'UTF8'), created_at`;

/** A row that is no longer in the outbox was sent after all, and parks nothing. */
const moveRefused = `
  with refused as (
    select * from unnest($1::smallint[], $2::bigint[], $3::text[]) as refused (lane, id, error)
  ), moved as (
    delete from event_outbox using refused
    where event_outbox.lane = refused.lane and event_outbox.id = refused.id
    returning event_outbox.*, refused.error
  ), parked as (
    insert into event_parked_keys (consumer_group, topic, key, state, reason, error, attempts)
    select distinct on (topic, key) '', topic, key, 'dead', 'refused', error, 1 from moved order by topic, key, id
    on conflict do nothing
    returning topic, key
  ), queued as (
    insert into event_parked (${columns}) select ${values} from moved order by id
  )
  select topic, key from parked`;

/** A key that is being redriven is skipped. */
const lockParkedSql = `
  select topic, key from event_parked_keys
  where consumer_group = '' and (topic, key) in (select * from unnest($1::text[], $2::text[]))
  order by topic, key
  for key share skip locked`;

const moveBehind = `
  with moved as (
    delete from event_outbox using unnest($1::smallint[], $2::bigint[]) as behind (lane, id)
    where event_outbox.lane = behind.lane and event_outbox.id = behind.id
    returning event_outbox.*
  )
  insert into event_parked (${columns}) select ${values} from moved order by id`;

/** A key of a topic. */
export interface TopicKey {
  topic: string;
  key: string;
}

/**
 * Moves rows that Kafka has refused permanently to event_parked as dead letters, which block their keys; one transaction. No
 * other relay may be sending rows of these lanes. Resolves to the keys that were not blocked before.
 */
export function parkRefused(session: Session, refused: readonly RefusedRow[]): Promise<TopicKey[]> {
  return session.transaction(async (query) => {
    const keys = await query<TopicKey & Record<string, unknown>>(moveRefused, [
      refused.map(({ row }) => row.lane),
      refused.map(({ row }) => row.id),
      refused.map(({ error }) => error.message),
    ]);
    failpoint('relay.parked');
    return keys;
  });
}

/**
 * Moves rows of blocked keys behind the event that blocks their key, in order; one transaction. Resolves to whether all were
 * moved: if not, the keys of the others were redriven or dropped meanwhile, and the rows must be read again.
 */
export function parkBehind(session: Session, rows: readonly OutboxRow[]): Promise<boolean> {
  return session.transaction(async (query) => {
    const locked = await query<TopicKey & Record<string, unknown>>(lockParkedSql, [
      rows.map(({ topic }) => topic),
      rows.map(({ key }) => key),
    ]);
    const names = new Set(locked.map(topicKeyText));
    const behind = rows.filter((row) => names.has(topicKeyText(row)));
    await query(moveBehind, [behind.map(({ lane }) => lane), behind.map(({ id }) => id)]);
    return behind.length === rows.length;
  });
}

const topicKeyText = ({ topic, key }: TopicKey): string => `${topic} ${key}`;
