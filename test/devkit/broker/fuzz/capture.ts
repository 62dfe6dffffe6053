import { connect, type Socket } from 'node:net';
import kafkajs, { type Admin, type Kafka, type Producer } from 'kafkajs';
import { batch, fetchArguments } from '../batches.ts';
import { encodeRequest } from '../protocol-client.ts';

/** The most requests kept per API and version: Fetches and Heartbeats are far more frequent than others. */
const KEPT_OF_A_KIND = 6;

/** The topic and the group of the captured requests; the topic stays. */
export const captured = { topic: 'captured', groupId: 'captured' };

/** Collects requests, up to a limit for each kind. */
export function createCollection() {
  const kinds = new Map<string, Buffer[]>();
  return {
    add(request: Buffer): void {
      const kind = `${request.readInt16BE(4)} ${request.readInt16BE(6)}`;
      const kept = kinds.get(kind) ?? [];
      kinds.set(kind, kept);
      if (kept.length < KEPT_OF_A_KIND) kept.push(Buffer.from(request));
    },
    requests: (): Buffer[] => [...kinds.values()].flat(),
    kinds: (): string[] => [...kinds.keys()],
  };
}

export type Collection = ReturnType<typeof createCollection>;

/** Collects the requests of KafkaJS for all its operations except transactions. */
export async function captureKafkaJs(bootstrapServers: string, collection: Collection): Promise<void> {
  const kafka = new kafkajs.Kafka({
    clientId: 'captured',
    brokers: [bootstrapServers],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 10 },
    socketFactory: ({ host, port, onConnect }) => listenIn(connect({ host, port }, onConnect), collection),
  });
  const admin = kafka.admin();
  const producer = kafka.producer({
    idempotent: true,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: [{ topic: captured.topic, numPartitions: 2 }] });
  await produceSome(producer);
  await consumeSome(kafka, admin);
  await administrate(admin);
  await Promise.all([admin.disconnect(), producer.disconnect()]);
}

/** KafkaJS writes each request at once. */
function listenIn(socket: Socket, collection: Collection): Socket {
  const write = socket.write.bind(socket);
  return Object.assign(socket, {
    write(request: Buffer, encoding: BufferEncoding) {
      collection.add(request);
      return write(request, encoding);
    },
  });
}

async function produceSome(producer: Producer): Promise<void> {
  const { None, GZIP } = kafkajs.CompressionTypes;
  for (const [acks, compression] of [
    [-1, None],
    [-1, GZIP],
    [-1, None],
  ] as const) {
    const messages = [1, 2, 3].map((n) => ({
      key: `key-${n}`,
      value: 'value'.repeat(n),
      headers: { n: `${n}` },
    }));
    await producer.send({ topic: captured.topic, messages, acks, compression });
  }
}

async function consumeSome(kafka: Kafka, admin: Admin): Promise<void> {
  const options = {
    groupId: captured.groupId,
    rebalanceTimeout: 200,
    heartbeatInterval: 10,
    maxWaitTimeInMs: 5,
  };
  const consumers = [kafka.consumer(options), kafka.consumer(options)];
  for (const consumer of consumers) {
    await consumer.connect();
    await consumer.subscribe({ topic: captured.topic, fromBeginning: true });
    const handled = new Promise<void>((resolve) => consumer.on('consumer.heartbeat', () => resolve()));
    await consumer.run({ eachMessage: async () => {} });
    await handled;
  }
  await admin.describeGroups([captured.groupId]);
  for (const consumer of consumers) await consumer.disconnect();
}

/** Refused requests are sent too. */
async function administrate(admin: Admin): Promise<void> {
  const { topic, groupId } = captured;
  const acl = { resourceType: 2, resourceName: 'x', resourcePatternType: 3, principal: 'User:a', host: '*' };
  const resources = [{ type: 2, name: topic, configEntries: [{ name: 'retention.ms', value: '1000' }] }];
  const calls: (() => Promise<unknown>)[] = [
    () =>
      admin.createTopics({
        topics: [{ topic: 'other', replicaAssignment: [{ partition: 0, replicas: [1] }] }],
      }),
    () => admin.createPartitions({ topicPartitions: [{ topic: 'other', count: 3 }] }),
    () => admin.fetchTopicMetadata(),
    () => admin.fetchTopicOffsets(topic),
    () => admin.fetchTopicOffsetsByTimestamp(topic, Date.now() - 60_000),
    () => admin.fetchOffsets({ groupId, topics: [topic] }),
    () => admin.describeConfigs({ includeSynonyms: true, resources: [{ type: 2, name: topic }] }),
    () => admin.alterConfigs({ validateOnly: true, resources }),
    () => admin.deleteTopicRecords({ topic: 'other', partitions: [{ partition: 0, offset: '-1' }] }),
    () => admin.describeAcls({ ...acl, operation: 3, permissionType: 3 }),
    () => admin.createAcls({ acl: [{ ...acl, operation: 3, permissionType: 3 }] }),
    () => admin.deleteAcls({ filters: [{ ...acl, operation: 3, permissionType: 3 }] }),
    () =>
      admin.alterPartitionReassignments({
        topics: [{ topic, partitionAssignment: [{ partition: 0, replicas: [1] }] }],
      }),
    () => admin.listPartitionReassignments({ topics: [{ topic, partitions: [0] }] }),
    () => admin.listGroups(),
    () => admin.deleteGroups([groupId]),
    () => admin.deleteTopics({ topics: ['other'] }),
  ];
  for (const call of calls) await call().catch(() => undefined);
}

/** Adds KafkaJS's requests for older brokers, which are not available for a capture. */
export async function addOlderVersions(collection: Collection): Promise<void> {
  for (const [api, versions, args] of olderRequests()) {
    for (const version of versions) collection.add(await encodeRequest(api, version, args));
  }
}

function olderRequests(): [api: string, versions: number[], args: object][] {
  const { topic, groupId } = captured;
  const member = { groupId, generationId: 1, groupGenerationId: 1, memberId: 'member' };
  const topics = [{ topic, partitions: [{ partition: 0, offset: '1', timestamp: -1, metadata: 'm' }] }];
  const groupProtocols = [{ name: 'range', metadata: Buffer.from('metadata') }];
  const timeouts = { sessionTimeout: 6000, rebalanceTimeout: 200 };
  const join = { ...member, ...timeouts, protocolType: 'consumer', groupProtocols };
  const groupAssignment = [{ memberId: 'member', memberAssignment: Buffer.from('assignment') }];
  return [
    ['Produce', [3, 5], batch({ topic, values: ['a', 'b'], producerId: 1, compression: 1 })],
    ['Fetch', [4, 5, 7, 9], fetchArguments({ topic, offset: 0, maxWait: 5 })],
    ['ListOffsets', [1, 2], { replicaId: -1, isolationLevel: 0, topics }],
    ['Metadata', [0, 1, 3, 5], { topics: [topic], allowAutoTopicCreation: false }],
    ['OffsetCommit', [2, 4], { ...member, topics, retentionTime: -1 }],
    ['OffsetFetch', [1, 3], { groupId, topics }],
    ['GroupCoordinator', [0, 1], { groupId, coordinatorType: 0 }],
    ['JoinGroup', [2, 4], join],
    ['Heartbeat', [0, 1], member],
    ['LeaveGroup', [0, 1], member],
    ['SyncGroup', [0, 1], { ...member, groupAssignment }],
    ['DescribeGroups', [0, 1], { groupIds: [groupId] }],
    ['ListGroups', [0, 1], {}],
    ['ApiVersions', [0, 1], {}],
    ['CreateTopics', [2], { topics: [{ topic: 'new', numPartitions: 2, replicationFactor: 1 }] }],
    ['InitProducerId', [0], { transactionTimeout: 0 }],
    ['SaslHandshake', [0, 1], { mechanism: 'PLAIN' }],
    ['SaslAuthenticate', [0, 1], { authBytes: Buffer.from('secret') }],
  ];
}
