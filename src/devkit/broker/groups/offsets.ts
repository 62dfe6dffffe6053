import type { Journal } from '../storage/journal.ts';

export interface TopicPartition {
  topic: string;
  partition: number;
}

export interface CommittedOffset extends TopicPartition {
  offset: number;
  metadata: string | null;
}

/** The committed offsets of consumer groups, kept in the journal. */
export interface Offsets {
  get(groupId: string, place: TopicPartition): CommittedOffset | undefined;
  /** Every partition with an offset of the group. */
  list(groupId: string): CommittedOffset[];
  commit(groupId: string, committed: CommittedOffset): void;
  /** The groups with a committed offset. */
  groupIds(): string[];
  removeGroup(groupId: string): void;
  removeTopic(topic: string): void;
}

interface Row extends CommittedOffset {
  groupId: string;
}

/** Drops offsets of topics that `isTopic` does not know: a process that was killed while it deleted a topic leaves them. */
export function createOffsets(journal: Journal, isTopic: (name: string) => boolean): Offsets {
  const table = journal.table<Row>('offset');
  const groups = new Map<string, Map<string, Row>>();
  const keep = (key: string, row: Row): void => {
    const rows = groups.get(row.groupId) ?? new Map<string, Row>();
    groups.set(row.groupId, rows.set(key, row));
  };
  const remove = (groupId: string, isGone: (row: Row) => boolean): void => {
    const rows = groups.get(groupId) ?? new Map<string, Row>();
    for (const [key, row] of rows) {
      if (!isGone(row)) continue;
      rows.delete(key);
      table.delete(key);
    }
    if (rows.size === 0) groups.delete(groupId);
  };

  for (const [key, row] of table.entries()) {
    if (isTopic(row.topic)) keep(key, row);
    else table.delete(key);
  }

  return {
    get: (groupId, place) => groups.get(groupId)?.get(keyOf(groupId, place)),
    list: (groupId) => [...(groups.get(groupId)?.values() ?? [])],
    commit(groupId, committed) {
      const key = keyOf(groupId, committed);
      const row = { groupId, ...committed };
      keep(key, row);
      table.set(key, row);
    },
    groupIds: () => [...groups.keys()],
    removeGroup: (groupId) => remove(groupId, () => true),
    removeTopic: (topic) =>
      [...groups.keys()].forEach((groupId) => remove(groupId, (row) => row.topic === topic)),
  };
}

function keyOf(groupId: string, { topic, partition }: TopicPartition): string {
  return `${topic}/${partition}/${groupId}`;
}
