import type { Knex } from 'knex';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { inboxColumns, positionColumns } from '../inbox/copy.ts';
import { parkedColumns, parkedKeyColumns } from '../parking/take-over.ts';

/** The target of a group in a partition; no event between the position and the target is handled. */
export interface ReplayPosition {
  partition: number;
  position: number;
}

/** How far the clocks of producers, Kafka and PostgreSQL may differ. */
const CLOCK_MARGIN = 60 * 60 * 1_000;

/** Returns the group, or a group of one of its subscriptions, if it has rows in the database. */
export async function findGroup(database: Knex, group: string): Promise<string | undefined> {
  for (const table of ['event_positions', 'event_parked_keys', 'event_inbox']) {
    const { rows } = await database.raw<{ rows: { name: string }[] }>(
      `select consumer_group as name from ${table} where consumer_group = ? or starts_with(consumer_group, ?) limit 1`,
      [group, `${group}.`],
    );
    if (rows[0]) return rows[0].name;
  }
  return undefined;
}

export interface NewGroup {
  group: string;
  /** The group of the service: in its other topics, the new one continues at the same positions. */
  like: string;
  topic: string;
  positions: readonly ReplayPosition[];
}

/**
 * Creates a consumer group that starts at `positions` in one topic, as if no later event had been handled, and that copies
 * another group in all other topics; the groups of its subscriptions copy those of the other one in every topic. Positions,
 * inbox and parked events are copied as of one instant. One transaction.
 */
export async function createReplayGroup(
  database: Knex,
  { group, like, topic, positions }: NewGroup,
): Promise<void> {
  await database.transaction(
    async (trx) => {
      rejectRolledBack(trx);
      for (const { table, columns, order } of copied) {
        await trx.raw(
          `insert into ${table} (consumer_group, ${columns})
           select ? || substr(consumer_group, length(?) + 1), ${columns} from ${table}
           where (consumer_group = ? and topic <> ?) or starts_with(consumer_group, ?) order by ${order}`,
          [group, like, like, topic, `${like}.`],
        );
      }
      for (const { partition, position } of positions)
        await trx('event_positions').insert({ consumer_group: group, topic, partition, position });
    },
    { isolationLevel: 'repeatable read' },
  );
}

const copied = [
  { table: 'event_positions', columns: positionColumns, order: 'topic, partition' },
  { table: 'event_inbox', columns: inboxColumns, order: 'received_at' },
  { table: 'event_parked_keys', columns: parkedKeyColumns, order: 'topic, key' },
  { table: 'event_parked', columns: parkedColumns, order: 'id' },
];

export interface Forgetting {
  group: string;
  topic: string;
  /** The new positions of the group; partitions whose position is already earlier stay unchanged. */
  positions: readonly ReplayPosition[];
  /** Events of this time and later are handled again; undefined means all. */
  since: Date | undefined;
}

export interface Forgotten {
  positions: number;
  inbox: number;
  parked: number;
}

/** Counts the rows that `forgetSince` would delete now. */
export async function countForgotten(
  database: Knex,
  { group, topic, positions, since }: Forgetting,
): Promise<Omit<Forgotten, 'positions'>> {
  const { rows } = await database.raw<{ rows: [{ inbox: number; parked: number }] }>(
    `select
       (select count(*)::int from event_inbox where ${rememberedSince}) as inbox,
       (select count(*)::int from event_parked as e ${comingAgain}) as parked`,
    [group, topic, marginBefore(since), ...placesOf(positions), group, topic],
  );
  return rows[0];
}

const rememberedSince = `consumer_group = ? and topic = ? and received_at >= coalesce(?, '-infinity'::timestamptz)`;
const comingAgain = `
  join unnest(?::int[], ?::bigint[]) as moved (partition, position)
    on e.partition = moved.partition and e.position >= moved.position
  where e.consumer_group = ? and e.topic = ?`;

const marginBefore = (since: Date | undefined): Date | null =>
  since ? new Date(since.getTime() - CLOCK_MARGIN) : null;
const placesOf = (positions: readonly ReplayPosition[]): number[][] => [
  positions.map(({ partition }) => partition),
  positions.map(({ position }) => position),
];

/**
 * Sets a group back in a topic, so it handles again all events since a time: its positions, the records in its inbox, and
 * parked events that will be delivered again. One transaction, safe while the group runs: positions are locked first, as in
 * the consumer, and a member whose partition was set back notices at its next batch.
 */
export async function forgetSince(
  database: Knex,
  { group, topic, positions, since }: Forgetting,
): Promise<Forgotten> {
  return inTransaction(database, async (trx) => {
    rejectRolledBack(trx);
    const moved = await setBack(trx, group, topic, positions);
    const { rowCount: inbox } = await trx.raw<{ rowCount: number }>(
      `delete from event_inbox where ${rememberedSince}`,
      [group, topic, marginBefore(since)],
    );
    const parked = await forgetParked(trx, group, topic, moved);
    return { positions: moved.length, inbox, parked };
  });
}

/** The new positions belong to the current log, so the identity of an earlier one is forgotten. */
async function setBack(
  trx: Knex.Transaction,
  group: string,
  topic: string,
  positions: readonly ReplayPosition[],
): Promise<ReplayPosition[]> {
  const moved: ReplayPosition[] = [];
  for (const { partition, position } of positions.toSorted((a, b) => a.partition - b.partition)) {
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `insert into event_positions as known (consumer_group, topic, partition, position) values (?, ?, ?, ?)
       on conflict (consumer_group, topic, partition)
         do update set position = excluded.position, resets = known.resets + 1, updated_at = now(),
           topic_id = null, witness_offset = null, witness_timestamp = null, witness_digest = null
         where known.position > excluded.position`,
      [group, topic, partition, position],
    );
    if (rowCount === 1) moved.push({ partition, position });
  }
  return moved;
}

/** A parked event that is delivered again would be handled twice. A key without events is no longer parked. */
async function forgetParked(
  trx: Knex.Transaction,
  group: string,
  topic: string,
  moved: readonly ReplayPosition[],
): Promise<number> {
  await trx.raw(
    'select from event_parked_keys where consumer_group = ? and topic = ? order by key for update',
    [group, topic],
  );
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `delete from event_parked where id in (select e.id from event_parked as e ${comingAgain})`,
    [...placesOf(moved), group, topic],
  );
  await trx.raw(
    `delete from event_parked_keys as k where consumer_group = ? and topic = ? and not exists (
       select from event_parked as e
       where e.consumer_group = k.consumer_group and e.topic = k.topic and e.key = k.key
     )`,
    [group, topic],
  );
  return rowCount;
}
