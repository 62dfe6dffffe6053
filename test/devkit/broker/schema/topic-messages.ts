/** Messages about the cluster and its topics, as Apache Kafka 4.4 defines them; message.ts says how to read this. */
export const topicMessages = `
Metadata 3 0-13 flexible 9+
request
  topics [] null 1+
    topicId uuid 10+
    name string null 10+
  allowAutoTopicCreation bool 4+ = true
  includeClusterAuthorizedOperations bool 8-10
  includeTopicAuthorizedOperations bool 8+
response
  throttleTimeMs int32 3+
  brokers []
    nodeId int32
    host string
    port int32
    rack string 1+ null 1+ = null
  clusterId string 2+ null 2+ = null
  controllerId int32 1+ = -1
  topics []
    errorCode int16
    name string null 12+
    topicId uuid 10+
    isInternal bool 1+ = false
    partitions []
      errorCode int16
      partitionIndex int32
      leaderId int32
      leaderEpoch int32 7+ = -1
      replicaNodes []int32
      isrNodes []int32
      offlineReplicas []int32 5+
    topicAuthorizedOperations int32 8+ = -2147483648
  clusterAuthorizedOperations int32 8-10 = -2147483648
  errorCode int16 13+

ApiVersions 18 0-5 flexible 3+
request
  clientSoftwareName string 3+
  clientSoftwareVersion string 3+
  clusterId string 5+ null 5+ = null
  nodeId int32 5+ = -1
response
  errorCode int16
  apiKeys []
    apiKey int16
    minVersion int16
    maxVersion int16
  throttleTimeMs int32 1+
  supportedFeatures [] 3+ tag 0 3+
    name string
    minVersion int16
    maxVersion int16
  finalizedFeaturesEpoch int64 3+ tag 1 3+ = -1
  finalizedFeatures [] 3+ tag 2 3+
    name string
    maxVersionLevel int16
    minVersionLevel int16
  zkMigrationReady bool 3+ tag 3 3+ = false

CreateTopics 19 2-7 flexible 5+
request
  topics []
    name string
    numPartitions int32
    replicationFactor int16
    assignments []
      partitionIndex int32
      brokerIds []int32
    configs []
      name string
      value string null 0+
  timeoutMs int32 = 60000
  validateOnly bool 1+ = false
response
  throttleTimeMs int32 2+
  topics []
    name string
    topicId uuid 7+
    errorCode int16
    errorMessage string 1+ null 0+
    topicConfigErrorCode int16 5+ tag 0 5+
    numPartitions int32 5+ = -1
    replicationFactor int16 5+ = -1
    configs [] 5+ null 5+
      name string
      value string null 5+
      readOnly bool
      configSource int8 = -1
      isSensitive bool

DeleteTopics 20 1-6 flexible 4+
request
  topics [] 6+
    name string null 6+ = null
    topicId uuid
  topicNames []string 0-5
  timeoutMs int32
response
  throttleTimeMs int32 1+
  responses []
    name string null 6+
    topicId uuid 6+
    errorCode int16
    errorMessage string 5+ null 5+ = null

DescribeConfigs 32 1-4 flexible 4+
request
  resources []
    resourceType int8
    resourceName string
    configurationKeys []string null 0+
  includeSynonyms bool 1+ = false
  includeDocumentation bool 3+ = false
response
  throttleTimeMs int32
  results []
    errorCode int16
    errorMessage string null 0+
    resourceType int8
    resourceName string
    configs []
      name string
      value string null 0+
      readOnly bool
      configSource int8 1+ = -1
      isSensitive bool
      synonyms [] 1+
        name string
        value string null 0+
        source int8
      configType int8 3+ = 0
      documentation string 3+ null 0+

AlterConfigs 33 0-2 flexible 2+
request
  resources []
    resourceType int8
    resourceName string
    configs []
      name string
      value string null 0+
  validateOnly bool
response
  throttleTimeMs int32
  responses []
    errorCode int16
    errorMessage string null 0+
    resourceType int8
    resourceName string

CreatePartitions 37 0-3 flexible 2+
request
  topics []
    name string
    count int32
    assignments [] null 0+
      brokerIds []int32
  timeoutMs int32
  validateOnly bool
response
  throttleTimeMs int32
  results []
    name string
    errorCode int16
    errorMessage string null 0+ = null

IncrementalAlterConfigs 44 0-1 flexible 1+
request
  resources []
    resourceType int8
    resourceName string
    configs []
      name string
      configOperation int8
      value string null 0+
  validateOnly bool
response
  throttleTimeMs int32
  responses []
    errorCode int16
    errorMessage string null 0+
    resourceType int8
    resourceName string

AlterPartitionReassignments 45 0-1 flexible 0+
request
  timeoutMs int32 = 60000
  allowReplicationFactorChange bool 1+ = true
  topics []
    name string
    partitions []
      partitionIndex int32
      replicas []int32 null 0+ = null
response
  throttleTimeMs int32
  allowReplicationFactorChange bool 1+ = true
  errorCode int16
  errorMessage string null 0+
  responses []
    name string
    partitions []
      partitionIndex int32
      errorCode int16
      errorMessage string null 0+

ListPartitionReassignments 46 0 flexible 0+
request
  timeoutMs int32 = 60000
  topics [] null 0+ = null
    name string
    partitionIndexes []int32
response
  throttleTimeMs int32
  errorCode int16
  errorMessage string null 0+
  topics []
    name string
    partitions []
      partitionIndex int32
      replicas []int32
      addingReplicas []int32
      removingReplicas []int32

`;
