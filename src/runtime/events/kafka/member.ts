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
  /** Milliseconds of silence after which the group gives a member's partitions to others. */
  sessionTimeout: number;
  /** The id of a member of ours that could not leave, since Kafka was away: the group would wait until its session is over. */
  replaces?: string | undefined;
}

/** What a member of a consumer group hears. All are called synchronously, and must neither throw nor wait. */
export interface MemberEvents {
  /** The group gave us exactly these partitions. Nothing of one is fetched before `fetchFrom` names it. */
  assigned(partitions: TopicPartition[]): void;
  fetched(batch: Fetched): void;
  /** This member is of no use any more; leave it, and make another one. */
  lost(error: Error): void;
}

/** A member of a consumer group: fetches the partitions that it is given, and commits nothing by itself. */
export interface GroupMember {
  /** Resolves when the member has joined its group; rejects, or reports `lost`, when it cannot. */
  join(): Promise<void>;
  fetchFrom(at: TopicPartition, offset: number): void;
  pause(at: TopicPartition): void;
  resume(at: TopicPartition): void;
  /** Tells Kafka how far the group is. PostgreSQL knows better: this is for its tools, and for a lost database. */
  commit(positions: (TopicPartition & { position: number })[]): Promise<void>;
  /** The ids of topics (KIP-516), of those that Kafka tells; none before the member has joined. */
  topicIds(topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** When Kafka last let the member in or answered a heartbeat, in milliseconds since the epoch. */
  lastAnswer(): number;
  /** The partitions that the group gave it; none after a silence so long that the group has given them to others. */
  owned(): TopicPartition[];
  /** The name that the group gave it; undefined before that. */
  id(): string | undefined;
  /** Leaves the group, so that the others take over at once, and closes the connections. Never rejects. */
  leave(): Promise<void>;
}

const one = ({ topic, partition }: TopicPartition) => [{ topic, partitions: [partition] }];

export interface MemberSettings {
  /** How often a heartbeat goes out even while a fetch hangs: KafkaJS sends them between fetches only. */
  heartbeatInterval: number;
  /** How long leaving waits for a join that is under way. */
  joinPatience: number;
  /** Bytes of a message beyond which it is marked as too large. */
  maxEventBytes: number;
}

export interface MemberActions {
  disconnect: () => Promise<void>;
  /** Makes another member leave; rejects when Kafka cannot tell now whether it is one. */
  dismiss: (memberId: string) => Promise<void>;
  topicIds: GroupMember['topicIds'];
}

/** Wraps a KafkaJS consumer that restarts nothing by itself, and that `disconnect` stops in the end. Times are in milliseconds. */
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
  // a rejected heartbeat means a rebalance or a lost connection, which the fetch loop of KafkaJS sees and acts on
  const beats = setInterval(() => void session?.heartbeat().catch(() => {}), heartbeatInterval);

  consumer.on('consumer.heartbeat', () => (answered = Date.now()));
  consumer.on('consumer.crash', ({ payload }) => events.lost(payload.error));
  // KafkaJS keeps a connection on which nothing comes any more, and tries again there (tulios/kafkajs#1783)
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

  /** An error that reaches KafkaJS would make the whole group rebalance, or stop the consumer for good. */
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

  /** Who goes while it joins stays a member that does nothing, until its session is over: the group waits for it. */
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
      // KafkaJS forgets a disconnect that comes while it connects or joins
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
