import type { GroupMember, MemberEvents, MemberOptions } from './member.ts';
import type { Sender } from './sender.ts';
import type { CommittedOffset, PartitionOffset, TopicOffsets } from './topics.ts';

/** All that the runtime asks of Kafka; this folder alone knows the client library. */
export interface KafkaDriver {
  /** Creates the topics that are missing, with the configured partitions and replicas; never changes one that is there. */
  ensureTopics(topics: readonly string[]): Promise<void>;
  createSender(): Sender;
  /** The offset of the first message and the one after the last, of every partition. */
  topicOffsets(topic: string): Promise<TopicOffsets[]>;
  /** The topics that are there. Other questions about one that is not may create it, where the broker does so. */
  listTopics(): Promise<string[]>;
  /**
   * The offset of the first message of `time` (milliseconds since 1970) or later in every partition of a topic that is there; the
   * offset after the last message where no message is that late.
   */
  offsetsAt(topic: string, time: number): Promise<PartitionOffset[]>;
  /** The offsets that a group has committed, without the partitions where it has none. */
  committedOffsets(groupId: string, topics: readonly string[]): Promise<CommittedOffset[]>;
  /**
   * Milliseconds that Kafka may keep an event of a topic: its `retention.ms`, and its `segment.ms`, since whole segments go.
   * Infinity where none is deleted for its age; undefined where Kafka does not let us see it.
   */
  topicRetention(topic: string): Promise<number | undefined>;
  /** A new member of a consumer group, which joins when told to. */
  createMember(options: MemberOptions, events: MemberEvents): GroupMember;
  /** Closes what is shared; senders and consumers are closed by those who made them. */
  close(): Promise<void>;
}
