import { assignPartitions, type Subscriber } from './partition-assignment.ts';
import type { TopicPartition } from '../event/message.ts';

/** How Kafka's consumer protocol writes what members ask for and what they get; the client library has it. */
export interface AssignerCodec {
  /** Throws on what it cannot read. */
  readSubscription(metadata: Buffer): { topics: readonly string[]; userData: Buffer | null };
  writeSubscription(topics: readonly string[], userData: Buffer): Buffer;
  writeAssignment(assignment: Record<string, number[]>): Buffer;
}

export interface AssignerOptions {
  codec: AssignerCodec;
  /** What this member holds when it joins again. */
  owned: () => TopicPartition[];
  /** The partitions of a topic, which need not be one that this member asks for; none when there is no such topic. */
  partitionsOf: (topic: string) => Promise<number[]>;
}

interface GroupMemberMetadata {
  memberId: string;
  memberMetadata: Buffer;
}

/**
 * An assigner of KafkaJS that knows who asks for which topic. KafkaJS's own one gives all that the leader asks for to
 * everybody, and nothing else, so that a deploy that adds a topic strands partitions (tulios/kafkajs#1040).
 * A member whose metadata cannot be read gets nothing; one whose holdings cannot be read holds nothing.
 */
export function createTopicAwareAssigner({ codec, owned, partitionsOf }: AssignerOptions) {
  const name = 'microservice-topic-aware';

  function subscriberOf({ memberId, memberMetadata }: GroupMemberMetadata): Subscriber {
    try {
      const { topics, userData } = codec.readSubscription(memberMetadata);
      return { memberId, topics, owned: readOwned(userData) };
    } catch {
      return { memberId, topics: [], owned: new Map() };
    }
  }

  return {
    name,
    version: 0,
    protocol: ({ topics }: { topics: string[] }) => ({
      name,
      metadata: codec.writeSubscription(topics, writeOwned(owned())),
    }),
    /** Rejects when Kafka does not tell the partitions of a topic: then another member leads, and tries. */
    async assign({ members }: { members: GroupMemberMetadata[] }) {
      const subscribers = members.map(subscriberOf);
      const partitions = new Map<string, number[]>();
      for (const topic of new Set(subscribers.flatMap(({ topics }) => topics))) {
        partitions.set(topic, await partitionsOf(topic));
      }
      return [...assignPartitions(subscribers, partitions)].map(([memberId, share]) => ({
        memberId,
        memberAssignment: codec.writeAssignment(Object.fromEntries(share)),
      }));
    },
  };
}

/** As the "user data" of a subscription: JSON, `{"user.events":[0,2]}`. */
export function writeOwned(partitions: TopicPartition[]): Buffer {
  const owned = new Map<string, number[]>();
  for (const { topic, partition } of partitions) owned.set(topic, [...(owned.get(topic) ?? []), partition]);
  return Buffer.from(JSON.stringify(Object.fromEntries(owned)));
}

/** Holds nothing where the data is not what `writeOwned` writes: another version, or another program, wrote it. */
export function readOwned(userData: Buffer | null): Map<string, number[]> {
  const owned = new Map<string, number[]>();
  for (const [topic, partitions] of Object.entries(parsed(userData) ?? {})) {
    if (Array.isArray(partitions) && partitions.every((each) => Number.isInteger(each)))
      owned.set(topic, partitions);
  }
  return owned;
}

function parsed(userData: Buffer | null): object | undefined {
  try {
    const value: unknown = JSON.parse(userData?.toString() ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
