import { assignPartitions, type Subscriber } from './partition-assignment.ts';
import type { TopicPartition } from '../event/message.ts';

/** The encoding of subscriptions and assignments in Kafka's consumer protocol, provided by the client library. */
export interface AssignerCodec {
  /** Throws if the metadata cannot be decoded. */
  readSubscription(metadata: Buffer): { topics: readonly string[]; userData: Buffer | null };
  writeSubscription(topics: readonly string[], userData: Buffer): Buffer;
  writeAssignment(assignment: Record<string, number[]>): Buffer;
}

export interface AssignerOptions {
  codec: AssignerCodec;
  /** Returns the partitions that this member holds when it rejoins. */
  owned: () => TopicPartition[];
  /** Returns the partitions of a topic, which this member need not subscribe to; none if the topic does not exist. */
  partitionsOf: (topic: string) => Promise<number[]>;
}

interface GroupMemberMetadata {
  memberId: string;
  memberMetadata: Buffer;
}

/**
 * An assigner for KafkaJS that knows the topics of each member. KafkaJS's own assigner assigns only the leader's topics, and
 * to every member, so a deployment that adds a topic leaves partitions unassigned (tulios/kafkajs#1040). A member with
 * unreadable metadata gets no partition; one with unreadable holdings counts as holding none.
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
    /** Rejects if Kafka does not return the partitions of a topic: then another member becomes the leader and tries. */
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

/** Encodes the "user data" of a subscription as JSON, `{"user.events":[0,2]}`. */
export function writeOwned(partitions: TopicPartition[]): Buffer {
  const owned = new Map<string, number[]>();
  for (const { topic, partition } of partitions) owned.set(topic, [...(owned.get(topic) ?? []), partition]);
  return Buffer.from(JSON.stringify(Object.fromEntries(owned)));
}

/**
 * Returns no partitions if the data is not in the form of `writeOwned`, because another version or another program wrote it.
 */
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
