import type { GroupMember, MemberEvents, MemberOptions } from './member.ts';
import type { Sender } from './sender.ts';
import type { CommittedOffset, PartitionOffset, TopicOffsets } from './topics.ts';

/** The runtime's interface to Kafka; only this folder knows the client library. */
export interface KafkaDriver {
  /**
   * Creates missing topics with the configured partitions and replicas; never changes an existing topic. After `signal` it
   * sends no further request.
   */
  ensureTopics(topics: readonly string[], signal?: AbortSignal): Promise<void>;
  createSender(): Sender;
  /** Returns the offset of the first message and the offset after the last one, for every partition. */
  topicOffsets(topic: string): Promise<TopicOffsets[]>;
  /**
   * Returns the existing topics. Any other request for a missing topic may create it, if the broker is configured to do so.
   */
  listTopics(): Promise<string[]>;
  /**
   * Returns, for every partition of an existing topic, the offset of the first message at or after `time` (milliseconds since
   * 1970); the offset after the last message if there is none.
   */
  offsetsAt(topic: string, time: number): Promise<PartitionOffset[]>;
  /** Returns the committed offsets of a group, without partitions that have none. */
  committedOffsets(groupId: string, topics: readonly string[]): Promise<CommittedOffset[]>;
  /**
   * Returns how long Kafka may keep an event of a topic, in ms: its `retention.ms` plus its `segment.ms`, since segments are
   * deleted as a whole. Infinity if events are not deleted by age; undefined if this client may not read the settings.
   */
  topicRetention(topic: string): Promise<number | undefined>;
  /** Creates a member of a consumer group, which joins on request. */
  createMember(options: MemberOptions, events: MemberEvents): GroupMember;
  /** Closes the shared connections; senders and consumers are closed by their creators. */
  close(): Promise<void>;
}
