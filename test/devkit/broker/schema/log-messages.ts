/** Messages about the records of partitions, as Apache Kafka 4.4 defines them; message.ts says how to read this. */
export const logMessages = `
Produce 0 3-13 flexible 9+
request
  transactionalId string 3+ null 3+ = null
  acks int16
  timeoutMs int32
  topicData []
    name string 0-12
    topicId uuid 13+
    partitionData []
      index int32
      records records null 0+
response
  responses []
    name string 0-12
    topicId uuid 13+
    partitionResponses []
      index int32
      errorCode int16
      baseOffset int64
      logAppendTimeMs int64 2+ = -1
      logStartOffset int64 5+ = -1
      recordErrors [] 8+
        batchIndex int32
        batchIndexErrorMessage string null 8+ = null
      errorMessage string 8+ null 8+ = null
      currentLeader {} 10+ tag 0 10+
        leaderId int32 = -1
        leaderEpoch int32 = -1
  throttleTimeMs int32 1+ = 0
  nodeEndpoints [] 10+ tag 0 10+
    nodeId int32
    host string
    port int32
    rack string null 10+ = null

Fetch 1 4-18 flexible 12+
request
  clusterId string 12+ null 12+ tag 0 12+ = null
  replicaId int32 0-14 = -1
  replicaState {} 15+ tag 1 15+
    replicaId int32 = -1
    replicaEpoch int64 = -1
  maxWaitMs int32
  minBytes int32
  maxBytes int32 3+ = 0x7fffffff
  isolationLevel int8 4+ = 0
  sessionId int32 7+ = 0
  sessionEpoch int32 7+ = -1
  topics []
    topic string 0-12
    topicId uuid 13+
    partitions []
      partition int32
      currentLeaderEpoch int32 9+ = -1
      fetchOffset int64
      lastFetchedEpoch int32 12+ = -1
      logStartOffset int64 5+ = -1
      partitionMaxBytes int32
      replicaDirectoryId uuid 17+ tag 0 17+
      highWatermark int64 18+ tag 1 18+ = 9223372036854775807
  forgottenTopicsData [] 7+
    topic string 7-12
    topicId uuid 13+
    partitions []int32
  rackId string 11+ =
response
  throttleTimeMs int32 1+
  errorCode int16 7+
  sessionId int32 7+ = 0
  responses []
    topic string 0-12
    topicId uuid 13+
    partitions []
      partitionIndex int32
      errorCode int16
      highWatermark int64
      lastStableOffset int64 4+ = -1
      logStartOffset int64 5+ = -1
      divergingEpoch {} 12+ tag 0 12+
        epoch int32 = -1
        endOffset int64 = -1
      currentLeader {} 12+ tag 1 12+
        leaderId int32 = -1
        leaderEpoch int32 = -1
      snapshotId {} 12+ tag 2 12+
        endOffset int64 0+ = -1
        epoch int32 0+ = -1
      abortedTransactions [] 4+ null 4+
        producerId int64
        firstOffset int64
      preferredReadReplica int32 11+ = -1
      records records null 0+
  nodeEndpoints [] 16+ tag 0 16+
    nodeId int32
    host string
    port int32
    rack string null 16+ = null

ListOffsets 2 1-11 flexible 6+
request
  replicaId int32
  isolationLevel int8 2+
  topics []
    name string
    partitions []
      partitionIndex int32
      currentLeaderEpoch int32 4+ = -1
      timestamp int64
  timeoutMs int32 10+
response
  throttleTimeMs int32 2+
  topics []
    name string
    partitions []
      partitionIndex int32
      errorCode int16
      timestamp int64 1+ = -1
      offset int64 1+ = -1
      leaderEpoch int32 4+ = -1

DeleteRecords 21 0-2 flexible 2+
request
  topics []
    name string
    partitions []
      partitionIndex int32
      offset int64
  timeoutMs int32
response
  throttleTimeMs int32
  topics []
    name string
    partitions []
      partitionIndex int32
      lowWatermark int64
      errorCode int16

InitProducerId 22 0-6 flexible 2+ unstable
request
  transactionalId string null 0+
  transactionTimeoutMs int32
  producerId int64 3+ = -1
  producerEpoch int16 3+ = -1
  enable2Pc bool 6+ = false
  keepPreparedTxn bool 6+ = false
response
  throttleTimeMs int32
  errorCode int16
  producerId int64 = -1
  producerEpoch int16
  ongoingTxnProducerId int64 6+ = -1
  ongoingTxnProducerEpoch int16 6+ = -1

OffsetForLeaderEpoch 23 2-4 flexible 4+
request
  replicaId int32 3+ = -2
  topics []
    topic string
    partitions []
      partition int32
      currentLeaderEpoch int32 2+ = -1
      leaderEpoch int32
response
  throttleTimeMs int32 2+
  topics []
    topic string
    partitions []
      errorCode int16
      partition int32
      leaderEpoch int32 1+ = -1
      endOffset int64 = -1

`;
