/** Messages about consumer groups, as Apache Kafka 4.4 defines them; message.ts says how to read this. */
export const groupMessages = `
OffsetCommit 8 2-10 flexible 8+
request
  groupId string
  generationIdOrMemberEpoch int32 1+ = -1
  memberId string 1+
  groupInstanceId string 7+ null 7+ = null
  retentionTimeMs int64 2-4 = -1
  topics []
    name string 0-9
    topicId uuid 10+
    partitions []
      partitionIndex int32
      committedOffset int64
      committedLeaderEpoch int32 6+ = -1
      committedMetadata string null 0+
response
  throttleTimeMs int32 3+
  topics []
    name string 0-9
    topicId uuid 10+
    partitions []
      partitionIndex int32
      errorCode int16

OffsetFetch 9 1-10 flexible 6+
request
  groupId string 0-7
  topics [] 0-7 null 2-7
    name string
    partitionIndexes []int32
  groups [] 8+
    groupId string
    memberId string 9+ null 9+ = null
    memberEpoch int32 9+ = -1
    topics [] null 8+
      name string 8-9
      topicId uuid 10+
      partitionIndexes []int32
  requireStable bool 7+ = false
response
  throttleTimeMs int32 3+
  topics [] 0-7
    name string
    partitions []
      partitionIndex int32
      committedOffset int64
      committedLeaderEpoch int32 5-7 = -1
      metadata string null 0-7
      errorCode int16
  errorCode int16 2-7 = 0
  groups [] 8+
    groupId string
    topics []
      name string 8-9
      topicId uuid 10+
      partitions []
        partitionIndex int32
        committedOffset int64
        committedLeaderEpoch int32 = -1
        metadata string null 8+
        errorCode int16
    errorCode int16 = 0

FindCoordinator 10 0-6 flexible 3+
request
  key string 0-3
  keyType int8 1+ = 0
  coordinatorKeys []string 4+
response
  throttleTimeMs int32 1+
  errorCode int16 0-3
  errorMessage string 1-3 null 1-3
  nodeId int32 0-3
  host string 0-3
  port int32 0-3
  coordinators [] 4+
    key string
    nodeId int32
    host string
    port int32
    errorCode int16
    errorMessage string null 4+

JoinGroup 11 0-9 flexible 6+
request
  groupId string
  sessionTimeoutMs int32
  rebalanceTimeoutMs int32 1+ = -1
  memberId string
  groupInstanceId string 5+ null 5+ = null
  protocolType string
  protocols []
    name string
    metadata bytes
  reason string 8+ null 8+ = null
response
  throttleTimeMs int32 2+
  errorCode int16
  generationId int32 = -1
  protocolType string 7+ null 7+ = null
  protocolName string null 7+
  leader string
  skipAssignment bool 9+ = false
  memberId string
  members []
    memberId string
    groupInstanceId string 5+ null 5+ = null
    metadata bytes

Heartbeat 12 0-4 flexible 4+
request
  groupId string
  generationId int32
  memberId string
  groupInstanceId string 3+ null 3+ = null
response
  throttleTimeMs int32 1+
  errorCode int16

LeaveGroup 13 0-5 flexible 4+
request
  groupId string
  memberId string 0-2
  members [] 3+
    memberId string
    groupInstanceId string null 3+ = null
    reason string 5+ null 5+ = null
response
  throttleTimeMs int32 1+
  errorCode int16
  members [] 3+
    memberId string
    groupInstanceId string null 3+
    errorCode int16

SyncGroup 14 0-5 flexible 4+
request
  groupId string
  generationId int32
  memberId string
  groupInstanceId string 3+ null 3+ = null
  protocolType string 5+ null 5+ = null
  protocolName string 5+ null 5+ = null
  assignments []
    memberId string
    assignment bytes
response
  throttleTimeMs int32 1+
  errorCode int16
  protocolType string 5+ null 5+ = null
  protocolName string 5+ null 5+ = null
  assignment bytes

DescribeGroups 15 0-6 flexible 5+
request
  groups []string
  includeAuthorizedOperations bool 3+
response
  throttleTimeMs int32 1+
  groups []
    errorCode int16
    errorMessage string 6+ null 6+ = null
    groupId string
    groupState string
    protocolType string
    protocolData string
    members []
      memberId string
      groupInstanceId string 4+ null 4+ = null
      clientId string
      clientHost string
      memberMetadata bytes
      memberAssignment bytes
    authorizedOperations int32 3+ = -2147483648

ListGroups 16 0-5 flexible 3+
request
  statesFilter []string 4+
  typesFilter []string 5+
response
  throttleTimeMs int32 1+
  errorCode int16
  groups []
    groupId string
    protocolType string
    groupState string 4+
    groupType string 5+

DeleteGroups 42 0-3 flexible 2+
request
  groupsNames []string
response
  throttleTimeMs int32
  results []
    groupId string
    errorCode int16
    errorMessage string 3+ null 3+ = null

`;
