import type { Journal } from '../journal.ts';

export interface CommittedOffset {
  offset: number;
  metadata: string | null;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}

/** The offsets that consumer groups committed, kept in the journal. */
export interface Offsets {
  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined;
  /** Every partition that the group has committed. */
  list(groupId: string): (TopicPartition & CommittedOffset)[];
  commit(groupId: string, place: TopicPartition, committed: CommittedOffset): void;
  /** The groups with a committed offset. */
  groupIds(): string[];
  removeGroup(groupId: string): void;
  removeTopic(topic: string): void;
}

const KEY = 'offset/';

type Place = [groupId: string, topic: string, partition: number];

export function createOffsets(journal: Journal): Offsets {
  const groups = new Map<string, Map<string, TopicPartition & CommittedOffset>>();
  const group = (groupId: string) => {
    const known = groups.get(groupId) ?? new Map<string, TopicPartition & CommittedOffset>();
    groups.set(groupId, known);
    return known;
  };
  const remove = (groupId: string, matches: (topic: string) => boolean): void => {
    for (const [key, { topic }] of groups.get(groupId) ?? []) {
      if (!matches(topic)) continue;
      groups.get(groupId)!.delete(key);
      journal.delete(key);
    }
    if (groups.get(groupId)?.size === 0) groups.delete(groupId);
  };

  for (const [key, value] of journal.entries()) {
    if (!key.startsWith(KEY)) continue;
    const [groupId, topic, partition] = JSON.parse(key.slice(KEY.length)) as Place;
    group(groupId).set(key, { topic, partition, ...(value as CommittedOffset) });
  }

  return {
    get: (...place) => groups.get(place[0])?.get(keyOf(place)),
    list: (groupId) => [...(groups.get(groupId)?.values() ?? [])],
    commit(groupId, { topic, partition }, committed) {
      const key = keyOf([groupId, topic, partition]);
      group(groupId).set(key, { topic, partition, ...committed });
      journal.set(key, committed);
    },
    groupIds: () => [...groups.keys()],
    removeGroup: (groupId) => remove(groupId, () => true),
    removeTopic: (topic) =>
      [...groups.keys()].forEach((groupId) => remove(groupId, (name) => name === topic)),
  };
}

function keyOf(place: Place): string {
  return KEY + JSON.stringify(place);
}
