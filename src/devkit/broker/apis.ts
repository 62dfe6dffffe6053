import { aclApis } from './apis/acls.ts';
import { alterConfigsApi, incrementalAlterConfigsApi } from './apis/alter-configs.ts';
import type { Api, Node } from './apis/api.ts';
import { apiVersionsApi } from './apis/api-versions.ts';
import { createPartitionsApi } from './apis/create-partitions.ts';
import { createTopicsApi } from './apis/create-topics.ts';
import { deleteGroupsApi } from './apis/delete-groups.ts';
import { deleteRecordsApi } from './apis/delete-records.ts';
import { deleteTopicsApi } from './apis/delete-topics.ts';
import { describeConfigsApi } from './apis/describe-configs.ts';
import { describeGroupsApi } from './apis/describe-groups.ts';
import { fetchApi } from './apis/fetch.ts';
import { findCoordinatorApi } from './apis/find-coordinator.ts';
import { heartbeatApi } from './apis/heartbeat.ts';
import { initProducerIdApi } from './apis/init-producer-id.ts';
import { joinGroupApi } from './apis/join-group.ts';
import { leaveGroupApi } from './apis/leave-group.ts';
import { listGroupsApi } from './apis/list-groups.ts';
import { listOffsetsApi } from './apis/list-offsets.ts';
import { metadataApi } from './apis/metadata.ts';
import { offsetCommitApi } from './apis/offset-commit.ts';
import { offsetFetchApi } from './apis/offset-fetch.ts';
import { offsetForLeaderEpochApi } from './apis/offset-for-leader-epoch.ts';
import { produceApi } from './apis/produce.ts';
import { reassignmentApis } from './apis/reassignments.ts';
import { saslApis } from './apis/sasl.ts';
import { syncGroupApi } from './apis/sync-group.ts';
import type { Coordinator } from './groups/coordinator.ts';
import type { Offsets } from './groups/offsets.ts';
import type { ProducerIds } from './storage/producer-ids.ts';
import type { Topics } from './storage/topics.ts';

export interface BrokerParts {
  topics: Topics;
  offsets: Offsets;
  coordinator: Coordinator;
  producerIds: ProducerIds;
  node: Node;
}

/** Every API of the broker: the ones that current clients use, without transactions. ACL and SASL requests are refused. */
export function createApis({ topics, offsets, coordinator, producerIds, node }: BrokerParts): Api[] {
  const apis = [
    produceApi(topics),
    fetchApi(topics),
    listOffsetsApi(topics),
    offsetForLeaderEpochApi(topics),
    metadataApi(topics, node),
    offsetCommitApi(coordinator, offsets, topics),
    offsetFetchApi(offsets, topics),
    findCoordinatorApi(node),
    joinGroupApi(coordinator),
    heartbeatApi(coordinator),
    leaveGroupApi(coordinator),
    syncGroupApi(coordinator),
    describeGroupsApi(coordinator),
    listGroupsApi(coordinator),
    createTopicsApi(topics, node.id),
    deleteTopicsApi(topics, offsets),
    initProducerIdApi(producerIds),
    describeConfigsApi(topics, brokerConfigs(node)),
    createPartitionsApi(topics, node.id),
    deleteGroupsApi(coordinator),
    deleteRecordsApi(topics),
    alterConfigsApi(topics),
    incrementalAlterConfigsApi(topics),
    ...reassignmentApis(topics, node.id),
    ...aclApis(),
    ...saslApis(),
  ];
  return [...apis, apiVersionsApi(apis)];
}

/** The broker configuration that clients can read. */
function brokerConfigs({ id }: Node): Record<string, string> {
  return {
    'auto.create.topics.enable': 'true',
    'broker.id': String(id),
    'default.replication.factor': '1',
    'group.initial.rebalance.delay.ms': '0',
    'message.max.bytes': '1048588',
    'num.partitions': '1',
  };
}
