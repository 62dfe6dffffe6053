import { randomUUID } from 'node:crypto';
import { connectWithTopic, recordBatch } from '../batches.ts';
import type { ProtocolClient } from '../protocol-client.ts';

/** The state that requests of any version need to be accepted. */
export interface World {
  client: ProtocolClient;
  /** A topic of one partition, which holds one record. */
  topic: string;
  topicId: string;
  /** A batch of one record. */
  records: Buffer;
  groupId: string;
  /** The one member of the group, which is stable. */
  memberId: string;
  generation: number;
  createTopic: () => Promise<{ name: string; topicId: string }>;
}

const NOT_READY = new Set([14, 15, 16]);
const MEMBER_ID_REQUIRED = 79;

export async function openWorld(bootstrapServers: string): Promise<World> {
  const { client, topic } = await connectWithTopic(bootstrapServers);
  const topicId = await topicIdOf(client, topic);
  const records = await recordBatch({ topic, values: ['value'] });
  await client.ask('Produce', 7, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
  });
  const groupId = `group-${randomUUID()}`;
  const member = await joinAlone(client, groupId);
  return { client, topic, topicId, records, groupId, ...member, createTopic: () => createTopic(client) };
}

export async function topicIdOf(client: ProtocolClient, name: string): Promise<string> {
  const { topics } = await client.ask<{ topics: { topicId: string; errorCode: number }[] }>('Metadata', 12, {
    topics: [{ name }],
    allowAutoTopicCreation: false,
  });
  return topics[0]!.errorCode === 0 ? topics[0]!.topicId : topicIdOf(client, name);
}

async function createTopic(client: ProtocolClient) {
  const name = `topic-${randomUUID()}`;
  await client.ask('CreateTopics', 7, { topics: [{ name, numPartitions: 1, replicationFactor: 1 }] });
  return { name, topicId: await topicIdOf(client, name) };
}

interface Joined {
  errorCode: number;
  memberId: string;
  generationId: number;
}

/** Creates a group of one member. Apache Kafka answers "not yet" until it has loaded its coordinator. */
async function joinAlone(client: ProtocolClient, groupId: string) {
  const values = { groupId, ...joining };
  const join = (memberId: string) => client.ask<Joined>('JoinGroup', 5, { ...values, memberId });
  let joined = await join('');
  while (joined.errorCode !== 0) {
    const isKnown = joined.errorCode === MEMBER_ID_REQUIRED;
    if (!isKnown && !NOT_READY.has(joined.errorCode)) throw new Error(`JoinGroup: error ${joined.errorCode}`);
    if (!isKnown) await client.ask('FindCoordinator', 2, { key: groupId });
    joined = await join(isKnown ? joined.memberId : '');
  }
  const { memberId, generationId: generation } = joined;
  const assignments = [{ memberId, assignment: Buffer.from('all') }];
  await client.ask('SyncGroup', 3, { groupId, generationId: generation, memberId, assignments });
  return { memberId, generation };
}

/** The fields with which a member joins. */
export const joining = {
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 30_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('wants') }],
};
