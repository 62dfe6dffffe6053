import type { LowWaterMarks } from './low-water-marks.ts';
import type { OutgoingMessage } from '../event/message.ts';
import type { Session } from './session.ts';
import type { PausedTopic } from './topic-backoff.ts';

const ROWS_PER_LANE = 500;
const BYTES_PER_LANE = 1_000_000;

/** A saved event that waits to be sent. */
export interface OutboxRow extends OutgoingMessage {
  lane: number;
  id: string;
  /** Its place in PostgreSQL, `(page,place)`. */
  ctid: string;
  /** In milliseconds since 1970. */
  createdAt: number;
  /** An earlier event of its key was refused, so this one waits in event_parked. */
  parked: boolean;
}

/** The identity of a row. */
export type RowId = Pick<OutboxRow, 'ctid' | 'id'>;

/** Checks keys only if any are waiting, which is evaluated once per statement. */
const isParked = `
  (select exists (select from event_parked_keys where consumer_group = '')) and exists (
    select from event_parked_keys as parked
    where consumer_group = '' and parked.topic = head.topic and parked.key = head.key
  )`;

/**
 * The first rows of each lane, in order. A cursor would miss the rows of a transaction that took its ids early and committed
 * late. So sent rows are deleted, and reading starts where no older row can appear (low-water-marks.ts).
 */
const readHeads = (condition = ''): string => `
  select head.lane, head.id, head.ctid, head.topic, head.key, head.headers, head.payload as value,
    extract(epoch from head.created_at)::float8 * 1000 as "createdAt", ${isParked} as parked
  from unnest($1::smallint[], $2::bigint[]) as wanted (lane, floor) cross join lateral (
    select *, sum(octet_length(payload)) over (order by id) - octet_length(payload) as bytes_before
    from (
      select *, ctid from event_outbox
      where event_outbox.lane = wanted.lane and id > wanted.floor ${condition}
      order by id limit ${ROWS_PER_LANE}
    ) as first_rows
  ) as head
  where head.bytes_before < ${BYTES_PER_LANE}
  order by head.lane, head.id`;

const readAllHeads = readHeads();

/** A lane of -1 means all lanes. */
const readSomeHeads = readHeads(`and not exists (
  select from unnest($3::smallint[], $4::text[]) as waiting (lane, topic)
  where waiting.lane in (-1, event_outbox.lane) and waiting.topic = event_outbox.topic
)`);

/**
 * Rows are never updated, so a place holds the row that was read there, or another id after a deletion. `is true` makes
 * PostgreSQL hash the ids; otherwise it would search the parameter from its start for every row.
 */
const deleteSent = `
  delete from event_outbox where ctid = any ($1::tid[]) and (id in (select unnest($2::bigint[]))) is true`;

/** Resolves to the next rows of these lanes, by lane; lanes without rows are omitted, and so are `waiting` topics. */
export async function readLanes(
  session: Pick<Session, 'query'>,
  lanes: readonly number[],
  lowWaterMarks: Pick<LowWaterMarks, 'settled' | 'floorOf' | 'saw'>,
  waiting: readonly PausedTopic[],
): Promise<Map<number, OutboxRow[]>> {
  const settled = lowWaterMarks.settled();
  const from = lanes.map((lane) => String(lowWaterMarks.floorOf(lane)));
  const rows =
    waiting.length === 0
      ? await session.query<OutboxRow>(readAllHeads, [lanes, from])
      : await session.query<OutboxRow>(readSomeHeads, [lanes, from, ...pausedColumns(waiting)]);
  const byLane = new Map<number, OutboxRow[]>();
  for (const row of rows) {
    const lane = byLane.get(row.lane);
    if (lane) lane.push(row);
    else byLane.set(row.lane, [row]);
  }
  if (waiting.length === 0) {
    for (const lane of lanes) lowWaterMarks.saw(lane, settled, idOf(byLane.get(lane)?.[0]));
  }
  return byLane;
}

const pausedColumns = (waiting: readonly PausedTopic[]): unknown[] => [
  waiting.map(({ lane }) => lane ?? -1),
  waiting.map(({ topic }) => topic),
];

const idOf = (row: OutboxRow | undefined): bigint | undefined => row && BigInt(row.id);

/** Reports whether a lane may have more rows than were read. */
export function mayHaveMore(rows: readonly OutboxRow[]): boolean {
  if (rows.length >= ROWS_PER_LANE) return true;
  return rows.reduce((bytes, { value }) => bytes + value.length, 0) >= BYTES_PER_LANE / 4;
}

/** Deletes rows that Kafka has acknowledged; safe to repeat, and ignores rows that were moved. */
export async function deleteRows(session: Pick<Session, 'query'>, rows: readonly RowId[]): Promise<void> {
  if (rows.length === 0) return;
  await session.query(deleteSent, [rows.map(({ ctid }) => ctid), rows.map(({ id }) => id)]);
}
