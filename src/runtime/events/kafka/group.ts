import { setTimeout as sleep } from 'node:timers/promises';
import {
  AssignerProtocol,
  type Broker,
  type Cluster,
  type Kafka,
  type PartitionAssigner,
  PartitionAssigners,
} from 'kafkajs';
import type { Logger } from 'pino';
import { createTopicAwareAssigner, type AssignerCodec } from './assigner.ts';
import { retry } from './client.ts';
import { CLOSE_DEADLINE, disconnect } from './deadline.ts';
import { refusalOf, typeOf } from './errors.ts';
import { readFetches } from './kafkajs/fetch.ts';
import { createGroupMember, type GroupMember, type MemberEvents, type MemberOptions } from './member.ts';
import { topicIds } from './topic-ids.ts';

/** How soon a rebalance is noticed; it waits for the slowest member. */
const HEARTBEAT_INTERVAL = 1_000;
const REBALANCE_TIMEOUT = 15_000;
/** A fetch waits this long for a message; heartbeats, commits and leaving queue behind it. */
const LONG_POLL = 100;
/** Not every broker knows a new topic immediately. */
const LOOKS_FOR_TOPIC = 5;
const LOOK_INTERVAL = 200;
const PARTITION_BYTES = 512 * 1024;

interface GroupSettings {
  logger: Logger;
  /** The largest decompressed size of a batch. */
  maxUnpackedBytes: number;
  /** The size above which a message is too large. */
  maxEventBytes: number;
}

/** Creates a member that passes on fetched messages immediately, so it need not fetch much in advance. */
export function createMember(
  kafka: Kafka,
  options: MemberOptions,
  events: MemberEvents,
  { logger, maxUnpackedBytes, maxEventBytes }: GroupSettings,
): GroupMember {
  let ofConsumer: Cluster | undefined;
  const topicAware: PartitionAssigner = ({ cluster }) => {
    ofConsumer = cluster;
    readFetches(cluster, maxUnpackedBytes);
    return createTopicAwareAssigner({
      codec: assignerCodec,
      owned: () => member.owned(),
      partitionsOf: (topic) => partitionCount(cluster, topic, logger),
    });
  };
  const consumer = kafka.consumer({
    groupId: options.groupId,
    // a group whose members know only KafkaJS's own assigner agrees on that one
    partitionAssigners: [topicAware, PartitionAssigners.roundRobin],
    sessionTimeout: options.sessionTimeout,
    rebalanceTimeout: REBALANCE_TIMEOUT,
    heartbeatInterval: HEARTBEAT_INTERVAL,
    allowAutoTopicCreation: false,
    maxBytesPerPartition: PARTITION_BYTES,
    minBytes: 1,
    maxWaitTimeInMs: LONG_POLL,
    // we replace a crashed consumer: KafkaJS gives up permanently after some errors
    retry: { ...retry, retries: 8, restartOnFailure: () => Promise.resolve(false) },
  });
  const member = createGroupMember(consumer, options, events, {
    heartbeatInterval: HEARTBEAT_INTERVAL,
    joinPatience: CLOSE_DEADLINE,
    maxEventBytes,
    disconnect: () => disconnect(consumer),
    dismiss: (memberId) => dismiss(ofConsumer, { groupId: options.groupId, memberId }),
    topicIds: async (topics) => (ofConsumer ? topicIds(ofConsumer, options.groupId, topics) : new Map()),
  });
  return member;
}

/** Members that KafkaJS's types omit. */
interface Leaving {
  leaveGroup?(member: { groupId: string; memberId: string }): Promise<unknown>;
}

async function dismiss(
  cluster: Cluster | undefined,
  member: { groupId: string; memberId: string },
): Promise<void> {
  try {
    const coordinator: (Broker & Leaving) | undefined = await cluster?.findGroupCoordinator(member);
    await coordinator?.leaveGroup?.(member);
  } catch (error) {
    // it has left, or its session has expired
    if (!refusalOf(error)) throw error;
  }
}

const { MemberMetadata, MemberAssignment } = AssignerProtocol;
const assignerCodec: AssignerCodec = {
  readSubscription: (metadata) => MemberMetadata.decode(metadata) ?? { topics: [], userData: null },
  writeSubscription: (topics, userData) =>
    MemberMetadata.encode({ version: 0, topics: [...topics], userData }),
  writeAssignment: (assignment) =>
    MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
};

/**
 * Returns the partitions of any topic; none, after a second attempt, if the topic does not exist or Kafka hides it from this
 * client.
 */
async function partitionCount(
  cluster: Cluster & { targetTopics?: Set<string> },
  topic: string,
  logger: Logger,
): Promise<number[]> {
  const known = cluster.targetTopics?.has(topic);
  for (let look = 1; ; look += 1) {
    try {
      await cluster.addTargetTopic(topic);
      // a topic of other members that is deleted later must not break our metadata requests
      if (!known) cluster.targetTopics?.delete(topic);
      return cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
    } catch (error) {
      const type = typeOf(error);
      if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' && type !== 'TOPIC_AUTHORIZATION_FAILED') throw error;
      if (type === 'UNKNOWN_TOPIC_OR_PARTITION' && look < LOOKS_FOR_TOPIC) await sleep(LOOK_INTERVAL);
      else {
        logger.error(
          { err: error, topic },
          `a group member subscribes to topic ${topic}, but Kafka answers ${type}, so its partitions stay unassigned. Create the topic, or grant this client Describe on it`,
        );
        return [];
      }
    }
  }
}
