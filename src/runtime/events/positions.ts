import type { Knex } from 'knex';
import { inTransaction } from './transaction-failure.ts';

/** One partition of one topic, as one consumer group sees it. */
export interface GroupPartition {
  groupId: string;
  topic: string;
  partition: number;
}

/**
 * The next offset to handle; Kafka's offsets stay below 2^53 for centuries, so that a number holds them. `resets` counts
 * how often it was set back; a writer that knows an older count is stale.
 */
export interface Position {
  position: number;
  resets: number;
}

interface PositionRow {
  topic: string;
  partition: number;
  position: string;
  resets: number;
}

const table = 'event_positions';
const columns = ({ groupId, topic, partition }: GroupPartition) => ({
  consumer_group: groupId,
  topic,
  partition,
});
const positionOf = (row: Pick<PositionRow, 'position' | 'resets'>): Position => ({
  position: Number(row.position),
  resets: row.resets,
});

/** Every known position of a group in these topics, by `topic/partition`. */
export async function readPositions(
  database: Knex,
  groupId: string,
  topics: string[],
): Promise<Map<string, Position>> {
  const rows = await database<PositionRow>(table)
    .where('consumer_group', groupId)
    .whereIn('topic', topics)
    .select('topic', 'partition', 'position', 'resets');
  return new Map(rows.map((row) => [`${row.topic}/${row.partition}`, positionOf(row)]));
}

/** Writes the first position of a partition; one that is there already stays, and is what this resolves to. */
export async function createPosition(
  database: Knex,
  of: GroupPartition,
  position: number,
): Promise<Position> {
  const found = await inTransaction(database, async (trx) => {
    await trx(table)
      .insert({ ...columns(of), position })
      .onConflict(['consumer_group', 'topic', 'partition'])
      .ignore();
    return readPosition(trx, of);
  });
  if (!found)
    throw new Error(
      `the position of group ${of.groupId} in ${of.topic}/${of.partition} was deleted meanwhile`,
    );
  return found;
}

/** Where the group is now; undefined when nobody has written it. */
export async function readPosition(database: Knex, of: GroupPartition): Promise<Position | undefined> {
  const row = await database<PositionRow>(table).where(columns(of)).first('position', 'resets');
  return row && positionOf(row);
}

/** Moves a position that the transaction has claimed. */
export async function movePosition(
  trx: Knex.Transaction,
  of: GroupPartition,
  position: number,
): Promise<void> {
  await trx(table).where(columns(of)).update({ position, updated_at: trx.fn.now() });
}

/**
 * Sets a position to another place than the group had reached, which only a broker that lost its data justifies. Nothing
 * happens when somebody else moved or reset it since it was read; resolves to what it is then.
 */
export async function resetPosition(
  database: Knex,
  of: GroupPartition,
  seen: Position,
  position: number,
): Promise<Position> {
  await inTransaction(database, (trx) =>
    trx(table)
      .where({ ...columns(of), position: seen.position, resets: seen.resets })
      .update({ position, resets: seen.resets + 1, updated_at: trx.fn.now() }),
  );
  return createPosition(database, of, position);
}
