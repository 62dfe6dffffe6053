import { randomUUID } from 'node:crypto';
import type { Values } from '../schema/encode.ts';
import { joining, type World } from './world.ts';

/** Requests of one API. */
export interface Sample {
  /** The versions that must be served. */
  versions: readonly [first: number, last: number];
  /** The request's fields, of all versions together. */
  values: (world: World, version: number) => Values | Promise<Values>;
  /** The error codes that Apache Kafka answers it with; none by default. */
  errors?: (version: number) => number[];
}

const error = {
  unknownMemberId: 25,
  illegalSaslState: 34,
  securityDisabled: 54,
  groupIdNotFound: 69,
  memberIdRequired: 79,
};

const TOPIC = 2;
const acl = {
  resourceType: 2,
  resourceName: 'x',
  resourcePatternType: 3,
  principal: 'User:a',
  host: '*',
  operation: 3,
  permissionType: 3,
};
const aclFilter = {
  resourceTypeFilter: 2,
  resourceNameFilter: 'x',
  patternTypeFilter: 3,
  principalFilter: 'User:a',
  hostFilter: '*',
  operation: 3,
  permissionType: 3,
};

export const samples: Readonly<Record<string, Sample>> = {
  Produce: {
    versions: [3, 13],
    values: ({ topic, topicId, records }) => ({
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: topic, topicId, partitionData: [{ index: 0, records }] }],
    }),
  },
  Fetch: {
    versions: [4, 18],
    values: ({ topic, topicId }) => ({
      maxWaitMs: 10,
      minBytes: 1,
      topics: [
        { topic, topicId, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }] },
      ],
    }),
  },
  ListOffsets: {
    versions: [1, 11],
    values: ({ topic }) => ({
      replicaId: -1,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      timeoutMs: 1000,
    }),
  },
  Metadata: {
    versions: [0, 13],
    values: ({ topic }) => ({ topics: [{ name: topic }], includeTopicAuthorizedOperations: true }),
  },
  OffsetCommit: {
    versions: [2, 10],
    values: ({ topic, topicId, groupId, memberId, generation }) => ({
      groupId,
      memberId,
      generationIdOrMemberEpoch: generation,
      topics: [
        {
          name: topic,
          topicId,
          partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: 'note' }],
        },
      ],
    }),
  },
  OffsetFetch: {
    versions: [1, 10],
    values({ topic, topicId, groupId }) {
      const topics = [{ name: topic, topicId, partitionIndexes: [0] }];
      const { topicId: _unused, ...named } = topics[0]!;
      return { groupId, topics: [named], groups: [{ groupId, topics }], requireStable: true };
    },
  },
  FindCoordinator: {
    versions: [0, 6],
    values: ({ groupId }) => ({ key: groupId, coordinatorKeys: [groupId, 'other'] }),
  },
  JoinGroup: {
    versions: [0, 9],
    values: () => ({ groupId: `group-${randomUUID()}`, ...joining, reason: 'test' }),
    errors: (version) => (version >= 4 ? [error.memberIdRequired] : []),
  },
  Heartbeat: {
    versions: [0, 4],
    values: ({ groupId, memberId, generation }) => ({ groupId, memberId, generationId: generation }),
  },
  LeaveGroup: {
    versions: [0, 5],
    values: ({ groupId }) => ({
      groupId,
      memberId: 'unknown',
      members: [{ memberId: 'unknown', reason: 'test' }],
    }),
    errors: () => [error.unknownMemberId],
  },
  SyncGroup: {
    versions: [0, 5],
    values: ({ groupId, memberId, generation }) => ({
      groupId,
      memberId,
      generationId: generation,
      protocolType: 'consumer',
      protocolName: 'range',
    }),
  },
  DescribeGroups: {
    versions: [0, 6],
    values: ({ groupId }) => ({ groups: [groupId], includeAuthorizedOperations: true }),
  },
  ListGroups: {
    versions: [0, 5],
    values: () => ({ statesFilter: ['Stable'], typesFilter: ['classic'] }),
  },
  SaslHandshake: {
    versions: [0, 1],
    values: () => ({ mechanism: 'PLAIN' }),
    errors: () => [error.illegalSaslState],
  },
  ApiVersions: {
    versions: [0, 4],
    values: () => ({ clientSoftwareName: 'schema-client', clientSoftwareVersion: '1.0' }),
  },
  CreateTopics: {
    versions: [2, 7],
    values: () => ({
      topics: [
        {
          name: `topic-${randomUUID()}`,
          numPartitions: 1,
          replicationFactor: 1,
          configs: [{ name: 'retention.ms', value: '1000' }],
        },
      ],
    }),
  },
  DeleteTopics: {
    versions: [1, 6],
    async values({ createTopic }) {
      const { name, topicId } = await createTopic();
      return { topics: [{ topicId }], topicNames: [name], timeoutMs: 10_000 };
    },
  },
  DeleteRecords: {
    versions: [0, 2],
    values: ({ topic }) => ({
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset: 0 }] }],
      timeoutMs: 10_000,
    }),
  },
  InitProducerId: {
    versions: [0, 5],
    values: () => ({ transactionalId: null, transactionTimeoutMs: 60_000 }),
  },
  OffsetForLeaderEpoch: {
    versions: [2, 4],
    values: ({ topic }) => ({ topics: [{ topic, partitions: [{ partition: 0, leaderEpoch: 0 }] }] }),
  },
  DescribeAcls: {
    versions: [1, 3],
    values: () => aclFilter,
    errors: () => [error.securityDisabled],
  },
  CreateAcls: {
    versions: [1, 3],
    values: () => ({ creations: [acl] }),
    errors: () => [error.securityDisabled],
  },
  DeleteAcls: {
    versions: [1, 3],
    values: () => ({ filters: [aclFilter] }),
    errors: () => [error.securityDisabled],
  },
  DescribeConfigs: {
    versions: [1, 4],
    values: ({ topic }) => ({
      resources: [{ resourceType: TOPIC, resourceName: topic, configurationKeys: ['cleanup.policy'] }],
      includeSynonyms: true,
      includeDocumentation: true,
    }),
  },
  AlterConfigs: { versions: [0, 2], values: ({ topic }) => ({ resources: [altered(topic)] }) },
  IncrementalAlterConfigs: { versions: [0, 1], values: ({ topic }) => ({ resources: [altered(topic)] }) },
  SaslAuthenticate: {
    versions: [0, 2],
    values: () => ({ authBytes: Buffer.from('secret') }),
    errors: () => [error.illegalSaslState],
  },
  CreatePartitions: {
    versions: [0, 3],
    values: ({ topic }) => ({
      topics: [{ name: topic, count: 2, assignments: null }],
      timeoutMs: 1000,
      validateOnly: true,
    }),
  },
  DeleteGroups: {
    versions: [0, 2],
    values: () => ({ groupsNames: [`group-${randomUUID()}`] }),
    errors: () => [error.groupIdNotFound],
  },
  AlterPartitionReassignments: {
    versions: [0, 0],
    values: ({ topic }) => ({
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, replicas: [1] }] }],
    }),
  },
  ListPartitionReassignments: {
    versions: [0, 0],
    values: ({ topic }) => ({ topics: [{ name: topic, partitionIndexes: [0] }] }),
  },
};

function altered(topic: string): Values {
  return { resourceType: TOPIC, resourceName: topic, configs: [{ name: 'retention.ms', value: '1000' }] };
}
