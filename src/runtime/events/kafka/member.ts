import type { Fetched } from './records/fetched.ts';
import type { TopicPartition } from '../event/message.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { toError } from '../../errors.ts';
import {
  commitsByTopic,
  fetchedOf,
  partitionsOf,
  type BatchPayload,
  type KafkaConsumer,
} from './kafkajs/consumer.ts';

export interface MemberOptions {
  groupId: string;
  topics: string[];
  /** The silence after which the group reassigns a member's partitions, in ms. */
  sessionTimeout: number;
  /**
   * The id of a member of ours that could not leave because Kafka was down: the group would wait until its session expires.
   */
  replaces?: string | undefined;
}

/** The callbacks of a group member. All are called synchronously, and must neither throw nor block. */
export interface MemberEvents {
  /** The group assigned exactly these partitions. A partition is fetched only after a call of `fetchFrom`. */
  assigned(partitions: TopicPartition[]): void;
  fetched(batch: Fetched): void;
  /** This member has failed; leave it, and create another one. */
  lost(error: Error): void;
}

/** A member of a consumer group: it fetches its assigned partitions, and never commits by itself. */
export interface GroupMember {
  /** Resolves when the member has joined its group; rejects, or reports `lost`, if it cannot. */
  join(): Promise<void>;
  fetchFrom(at: TopicPartition, offset: number): void;
  pause(at: TopicPartition): void;
  resume(at: TopicPartition): void;
  /**
   * Commits the group's offsets to Kafka. The positions in PostgreSQL are authoritative: these are for Kafka's tools, and for
   * a lost database.
   */
  commit(positions: (TopicPartition & { position: number })[]): Promise<void>;
  /** Returns the ids of topics (KIP-516) that Kafka reports; none before the member has joined. */
  topicIds(topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The time of Kafka's last answer to a join or a heartbeat, in milliseconds since the epoch. */
  lastAnswer(): number;
  /** Returns the assigned partitions; none after a silence so long that the group has reassigned them. */
  owned(): TopicPartition[];
  /** Returns the member id that the group assigned; undefined before that. */
  id(): string | undefined;
  /** Leaves the group, so other members take over immediately, and closes the connections. Never rejects. */
  leave(): Promise<void>;
}

const one = ({ topic, partition }: TopicPartition) => [{ topic, partitions: [partition] }];

export interface MemberSettings {
  /** The interval of heartbeats while a fetch hangs: KafkaJS sends them only between fetches. */
  heartbeatInterval: number;
  /** How long leaving waits for a running join. */
  joinPatience: number;
  /** The size in bytes above which a message is marked as too large. */
  maxEventBytes: number;
}

export interface MemberActions {
  disconnect: () => Promise<void>;
  /** Removes another member from the group; rejects if Kafka cannot tell now whether it is a member. */
  dismiss: (memberId: string) => Promise<void>;
  topicIds: GroupMember['topicIds'];
}

/** Wraps a KafkaJS consumer that never restarts by itself and that `disconnect` finally stops. Times are in milliseconds. */
export function createGroupMember(
  consumer: KafkaConsumer,
  { topics, sessionTimeout, replaces }: MemberOptions,
  events: MemberEvents,
  {
    heartbeatInterval,
    joinPatience,
    maxEventBytes,
    disconnect,
    dismiss,
    topicIds,
  }: MemberSettings & MemberActions,
): GroupMember {
  let answered = Date.now();
  let owned: TopicPartition[] = [];
  let id: string | undefined;
  let session: Pick<BatchPayload, 'heartbeat' | 'commitOffsetsIfNecessary'> | undefined;
  let joining: Promise<void> | undefined;
  let left: Promise<void> | undefined;
  // a rejected heartbeat means a rebalance or a lost connection, which KafkaJS's fetch loop detects and handles
  const beats = setInterval(() => void session?.heartbeat().catch(() => {}), heartbeatInterval);

  consumer.on('consumer.heartbeat', () => (answered = Date.now()));
  consumer.on('consumer.crash', ({ payload }) => events.lost(payload.error));
  // KafkaJS keeps using a connection that no longer receives data (tulios/kafkajs#1783)
  consumer.on('consumer.network.request_timeout', ({ payload: { apiName, broker } }) =>
    events.lost(new Error(`${broker} did not answer a request (${apiName})`)),
  );
  consumer.on('consumer.group_join', ({ payload: { memberId, memberAssignment } }) => {
    answered = Date.now();
    id = memberId;
    const assignment = Object.entries(memberAssignment).map(([topic, partitions]) => ({ topic, partitions }));
    owned = assignment.flatMap(partitionsOf);
    consumer.pause(assignment);
    guard(() => events.assigned(owned));
  });

  /** An error that reaches KafkaJS would rebalance the whole group, or stop the consumer permanently. */
  function guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      events.lost(toError(error));
    }
  }

  function eachBatch(payload: BatchPayload): Promise<void> {
    session = payload;
    if (!payload.isStale()) guard(() => events.fetched(fetchedOf(payload.batch, maxEventBytes)));
    return Promise.resolve();
  }

  /**
   * A member that leaves during its join would stay in the group, idle, until its session expires, and the group would wait
   * for it.
   */
  async function close(): Promise<void> {
    clearInterval(beats);
    if (joining)
      await Promise.race([joining.catch(() => {}), sleep(joinPatience, undefined, { ref: false })]);
    await disconnect();
  }

  async function run(): Promise<void> {
    joining = consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 1, eachBatch });
    await joining;
    joining = undefined;
  }

  return {
    async join() {
      await consumer.connect();
      if (!left && replaces) await dismiss(replaces);
      if (!left) await consumer.subscribe({ topics, fromBeginning: true });
      if (!left) await run();
      // KafkaJS forgets a disconnect during connecting or joining
      if (left) await disconnect();
    },
    fetchFrom(at, offset) {
      consumer.seek({ ...at, offset: String(offset) });
      consumer.resume(one(at));
    },
    pause: (at) => consumer.pause(one(at)),
    resume: (at) => consumer.resume(one(at)),
    async commit(positions) {
      await session?.commitOffsetsIfNecessary({ topics: commitsByTopic(positions) });
    },
    topicIds,
    lastAnswer: () => answered,
    owned: () => (Date.now() - answered > sessionTimeout ? [] : owned),
    id: () => id,
    leave: () => (left ??= close()),
  };
}
