import type { OutgoingMessage } from '../event/message.ts';

/** Runs SQL: a client of `pg`, inside or outside of a transaction. */
export interface OutboxConnection {
  query(statement: string | OutboxStatement, values?: unknown[]): Promise<{ rows: LaneRow[] }>;
}

interface LaneRow {
  /** Missing in the answer of a statement that only locks. */
  lane?: number;
}

export interface OutboxStatement {
  /** PostgreSQL plans a statement with a name once per session. */
  name?: string;
  text: string;
  values: unknown[];
}

export interface InsertOptions {
  /** The connection is one PostgreSQL session, without a pooler, so it may cache plans. */
  session?: boolean;
}

const ROWS_PER_STATEMENT = 1_000;
/** Our namespace of advisory locks, the bytes of "obox"; the second half is the bucket. */
export const LOCK_SPACE = 0x6f62_6f78;

/**
 * Two transactions that publish about one key lock it one after the other, so ids are in the order of commits. One lock per
 * key would fill the lock table, so there are 1,024 buckets; they are locked in order, so transactions cannot deadlock. The
 * transaction gets its own id here, before the rows get theirs: relays rely on that (relay/low-water-marks.ts).
 */
const locked = `
  select pg_advisory_xact_lock(${LOCK_SPACE}, bucket), pg_current_xact_id() from (
    select distinct (hashtextextended(key, 0) & 1023)::int as bucket from unnest($1::text[]) as event (key) order by bucket
  ) as buckets`;

const insert = `
  with locked as materialized (${locked})
  insert into event_outbox (key, topic, headers, payload)
  select key, topic, headers::jsonb, payload
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
    as event (key, topic, headers, payload, place)
  where (select count(*) from locked) > 0
  order by place
  returning lane`;

/** The same for one event, which most transactions publish, in half the time. */
const insertOne = `
  with locked as materialized (
    select pg_advisory_xact_lock(${LOCK_SPACE}, (hashtextextended($1, 0) & 1023)::int), pg_current_xact_id()
  )
  insert into event_outbox (key, topic, headers, payload) select $1, $2, $3::jsonb, $4 from locked returning lane`;

/** Prevents others from publishing about these keys until the transaction ends. */
export async function lockKeys(connection: OutboxConnection, keys: readonly string[]): Promise<void> {
  await connection.query(locked, [keys]);
}

/**
 * Inserts messages in order; each key comes after its committed messages. Holds the locks of the keys until the transaction
 * ends, so end it right afterwards. Resolves to the lanes of the messages.
 */
export async function insertIntoOutbox(
  connection: OutboxConnection,
  messages: readonly OutgoingMessage[],
  options?: InsertOptions,
): Promise<Set<number>> {
  const lanes = new Set<number>();
  for (const statement of outboxStatements(messages, options))
    addLanes(lanes, (await connection.query(statement)).rows);
  return lanes;
}

/** Adds the lanes in the answer of an outbox statement. */
export function addLanes(lanes: Set<number>, rows: readonly LaneRow[]): void {
  for (const { lane } of rows) if (lane !== undefined) lanes.add(lane);
}

/**
 * Returns the statements that insert messages, each of which answers with the `lane` of its messages. Run them in order in one
 * transaction, and end that right afterwards.
 */
export function* outboxStatements(
  messages: readonly OutgoingMessage[],
  { session = false }: InsertOptions = {},
): Generator<OutboxStatement> {
  const [only] = messages;
  if (only && messages.length === 1) {
    const values = [only.key, only.topic, JSON.stringify(only.headers), only.value.toString()];
    yield { ...(session && { name: 'outbox_insert' }), text: insertOne, values };
    return;
  }
  if (messages.length > ROWS_PER_STATEMENT) yield { text: locked, values: [messages.map(({ key }) => key)] };
  for (let start = 0; start < messages.length; start += ROWS_PER_STATEMENT)
    yield { text: insert, values: messageColumns(messages.slice(start, start + ROWS_PER_STATEMENT)) };
}

function messageColumns(messages: readonly OutgoingMessage[]): unknown[] {
  return [
    messages.map(({ key }) => key),
    messages.map(({ topic }) => topic),
    messages.map(({ headers }) => JSON.stringify(headers)),
    messages.map(({ value }) => value.toString()),
  ];
}
