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
/** A fetch waits this long for a message; heartbeats, commits and leaving stand in line behind it. */
const LONG_POLL = 100;
/** A topic that was just created is not known to every broker yet. */
const LOOKS_FOR_TOPIC = 5;
const LOOK_INTERVAL = 200;
const PARTITION_BYTES = 512 * 1024;

interface GroupSettings {
  logger: Logger;
  /** What a compressed batch may unpack to. */
  maxUnpackedBytes: number;
  /** Beyond it a message is too large. */
  maxEventBytes: number;
}

/** Sends what it fetches on at once, so that it has no reason to fetch much in advance. */
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
      partitionsOf: (topic) => partitionsOf(cluster, topic, logger),
    });
  };
  const consumer = kafka.consumer({
    groupId: options.groupId,
    // a group with members that know only KafkaJS's own one agrees on that
    partitionAssigners: [topicAware, PartitionAssigners.roundRobin],
    sessionTimeout: options.sessionTimeout,
    rebalanceTimeout: REBALANCE_TIMEOUT,
    heartbeatInterval: HEARTBEAT_INTERVAL,
    allowAutoTopicCreation: false,
    maxBytesPerPartition: PARTITION_BYTES,
    minBytes: 1,
    maxWaitTimeInMs: LONG_POLL,
    // a consumer that crashed is made anew by us: KafkaJS gives up for good after some errors
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

/** What the types of KafkaJS leave out. */
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
    // it has left, or its session was over
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

/** The partitions of any topic. None, after a second look, when it does not exist, and when Kafka does not show it to us. */
async function partitionsOf(
  cluster: Cluster & { targetTopics?: Set<string> },
  topic: string,
  logger: Logger,
): Promise<number[]> {
  const known = cluster.targetTopics?.has(topic);
  for (let look = 1; ; look += 1) {
    try {
      await cluster.addTargetTopic(topic);
      // a topic that others ask for, and that is deleted one day, must not spoil our metadata
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
