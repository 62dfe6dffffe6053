import type { Knex } from 'knex';
import { inTransaction } from '../../database/transaction-failure.ts';
import type { Witness } from './witness.ts';

/** One partition of a topic for one consumer group. */
export interface GroupPartition {
  groupId: string;
  topic: string;
  partition: number;
}

/**
 * The next offset to handle, as a number: Kafka's offsets stay below 2^53 for centuries. `resets` counts how often it was set
 * back; a writer that knows an older count is stale.
 */
export interface PartitionPosition {
  position: number;
  resets: number;
}

/** A position and the identity of its log; undefined if that is unknown. */
export interface LogPosition extends PartitionPosition {
  /** The id of the topic (KIP-516), as Kafka writes it. */
  topicId?: string;
  /** A record that the group has seen there. */
  witness?: Witness;
}

interface PositionRow {
  topic: string;
  partition: number;
  position: string;
  resets: number;
  topic_id: string | null;
  witness_offset: string | null;
  witness_timestamp: string | null;
  witness_digest: Buffer | null;
}

const table = 'event_positions';
const columns = ({ groupId, topic, partition }: GroupPartition) => ({
  consumer_group: groupId,
  topic,
  partition,
});
const positionOf = (row: Pick<PositionRow, 'position' | 'resets'>): PartitionPosition => ({
  position: Number(row.position),
  resets: row.resets,
});

function logPositionOf(row: PositionRow): LogPosition {
  const {
    topic_id: topicId,
    witness_offset: offset,
    witness_timestamp: timestamp,
    witness_digest: digest,
  } = row;
  return {
    ...positionOf(row),
    ...(topicId !== null && { topicId }),
    ...(offset !== null && digest !== null && { witness: { offset: Number(offset), timestamp, digest } }),
  };
}

/** The columns of a witness; all null if there is none. */
export const witnessColumns = (witness?: Witness) => ({
  witness_offset: witness?.offset ?? null,
  witness_timestamp: witness?.timestamp ?? null,
  witness_digest: witness?.digest ?? null,
});

// Raw, since the service chooses how the query builder names columns.
const readAll = 'select * from event_positions where consumer_group = ? and topic = any (?::text[])';

/** Returns every known position of a group in these topics, by `topic/partition`. */
export async function readPositions(
  database: Knex,
  groupId: string,
  topics: string[],
): Promise<Map<string, LogPosition>> {
  const { rows } = await database.raw<{ rows: PositionRow[] }>(readAll, [groupId, topics]);
  return new Map(rows.map((row) => [`${row.topic}/${row.partition}`, logPositionOf(row)]));
}

const groupNames = 'select distinct consumer_group as name from event_positions order by name';

/** Returns the groups with a position in any topic, in alphabetical order. */
export async function readGroupNames(database: Knex): Promise<string[]> {
  const { rows } = await database.raw<{ rows: { name: string }[] }>(groupNames);
  return rows.map(({ name }) => name);
}

/** Inserts the first position of a partition, and resolves to the stored one: an existing position stays. */
export async function createPosition(
  database: Knex,
  of: GroupPartition,
  position: number,
  topicId?: string,
): Promise<PartitionPosition> {
  const found = await inTransaction(database, async (trx) => {
    await trx(table)
      .insert({ ...columns(of), position, topic_id: topicId ?? null })
      .onConflict(['consumer_group', 'topic', 'partition'])
      .ignore();
    return readPosition(trx, of);
  });
  if (!found)
    throw new Error(
      `the position of group ${of.groupId} in ${of.topic}/${of.partition} was deleted in the meantime`,
    );
  return found;
}

/** A place in a partition of a topic. */
export interface PartitionPlace {
  topic: string;
  partition: number;
  position: number;
}

const createMany = `
  insert into event_positions (consumer_group, topic, partition, position)
  select ?, place.* from unnest(?::text[], ?::int[], ?::bigint[]) as place (topic, partition, position)
  order by topic, partition
  on conflict do nothing`;

/** Inserts first positions of a group, in one statement; existing ones stay. Resolves to the number inserted. */
export async function createPositions(
  trx: Knex.Transaction,
  groupId: string,
  places: readonly PartitionPlace[],
): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(createMany, [
    groupId,
    places.map(({ topic }) => topic),
    places.map(({ partition }) => partition),
    places.map(({ position }) => position),
  ]);
  return rowCount;
}

/** Returns the group's current position; undefined if there is none. */
export async function readPosition(
  database: Knex,
  of: GroupPartition,
): Promise<PartitionPosition | undefined> {
  const row = await database<PositionRow>(table).where(columns(of)).first('position', 'resets');
  return row && positionOf(row);
}

/** Adds the topic's id to positions without one: an older release, or an older broker, did not know it. */
export async function noteTopicIds(
  database: Knex,
  groupId: string,
  topicIds: ReadonlyMap<string, string>,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    for (const [topic, topicId] of topicIds)
      await trx(table)
        .where({ consumer_group: groupId, topic, topic_id: null })
        .update({ topic_id: topicId });
  });
}

/** Moves a position that the transaction has claimed; `witness` is the last record before it. */
export async function movePosition(
  trx: Knex.Transaction,
  of: GroupPartition,
  position: number,
  witness?: Witness,
): Promise<void> {
  await trx(table)
    .where(columns(of))
    .update({ position, updated_at: trx.fn.now(), ...(witness && witnessColumns(witness)) });
}

/**
 * Moves a position past offsets without messages. If another process has moved it since it was read, it stays, and this
 * resolves to undefined.
 */
export async function advancePosition(
  database: Knex,
  of: GroupPartition,
  seen: PartitionPosition,
  position: number,
): Promise<PartitionPosition | undefined> {
  const moved = await inTransaction(database, (trx) =>
    trx(table)
      .where({ ...columns(of), position: seen.position, resets: seen.resets })
      .update({ position, updated_at: trx.fn.now() }),
  );
  return moved === 1 ? { position, resets: seen.resets } : undefined;
}

/**
 * Moves a position to a place that the group has not reached, which only a broker that lost its data, or a different log,
 * justifies; the identity of the old log is forgotten. Does nothing if another process has moved or reset it since it was
 * read. Resolves to the current position.
 */
export async function resetPosition(
  database: Knex,
  of: GroupPartition,
  seen: PartitionPosition,
  position: number,
  topicId?: string,
): Promise<PartitionPosition> {
  await inTransaction(database, (trx) =>
    trx(table)
      .where({ ...columns(of), position: seen.position, resets: seen.resets })
      .update({
        ...{ position, resets: seen.resets + 1, updated_at: trx.fn.now() },
        ...{ topic_id: topicId ?? null, ...witnessColumns() },
      }),
  );
  return createPosition(database, of, position, topicId);
}
