import type { Knex } from 'knex';
import type { GroupPartition } from '../inbox/positions.ts';
import { inTransaction } from '../../database/transaction-failure.ts';

/** The position of a group in a partition, for operators (commands/lag.ts); the consumer has its own. */
export interface GroupPosition {
  group: string;
  topic: string;
  partition: number;
  /** The next offset to handle. */
  position: number;
  movedAt: Date;
}

/** Returns the positions of every group, or of the groups in the filter. */
export async function readGroups(
  database: Knex,
  { group, topic }: { group?: string; topic?: string },
): Promise<GroupPosition[]> {
  const query = database<{ consumer_group: string; topic: string; partition: number }>('event_positions');
  if (group !== undefined) query.where('consumer_group', group);
  if (topic !== undefined) query.where('topic', topic);
  const rows: { group: string; topic: string; partition: number; position: string; movedAt: Date }[] =
    await query.orderBy(['consumer_group', 'topic', 'partition']).select({
      group: 'consumer_group',
      topic: 'topic',
      partition: 'partition',
      position: 'position',
      movedAt: 'updated_at',
    });
  return rows.map(({ position, ...row }) => ({ ...row, position: Number(position) }));
}

/**
 * Moves a group past one event, which is then never handled. Waits for a running attempt. Resolves to false, and changes
 * nothing, if the group is not at `offset` (any more). A running member notices at its next attempt.
 */
export async function skipOffset(
  database: Knex,
  { group, topic, partition }: Omit<GroupPartition, 'groupId'> & { group: string },
  offset: number,
  through = offset,
): Promise<boolean> {
  return inTransaction(database, async (trx) => {
    const moved = await trx('event_positions')
      .where({ consumer_group: group, topic, partition, position: offset })
      .update({ position: through + 1, updated_at: trx.fn.now() });
    return moved === 1;
  });
}
