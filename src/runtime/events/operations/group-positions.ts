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

const readThem = `
  select consumer_group as "group", topic, partition, position, updated_at as "movedAt"
  from event_positions
  where (:group::text is null or consumer_group = :group) and (:topic::text is null or topic = :topic)
  order by consumer_group, topic, partition`;

/** Returns the positions of every group, or of the groups in the filter. */
export async function readGroups(
  database: Knex,
  { group, topic }: { group?: string; topic?: string },
): Promise<GroupPosition[]> {
  const { rows } = await database.raw<{ rows: (Omit<GroupPosition, 'position'> & { position: string })[] }>(
    readThem,
    { group: group ?? null, topic: topic ?? null },
  );
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
