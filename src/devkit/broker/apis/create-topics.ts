import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import { collidingTopic, topicNameError } from '../storage/topic-names.ts';
import type { Topic, Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';
import { defaultTopicConfigs, listConfigs } from './listed-configs.ts';
import { topicConfigError } from './topic-configs.ts';
import { NO_TOPIC_ID } from './topic-reference.ts';

const DEFAULT_PARTITIONS = 1;
const REPLICAS = 1;

/** A larger request is a mistake: every partition is a folder. */
const MAX_PARTITIONS = 10_000;

interface NewTopic {
  name: string;
  partitions: number;
  replicationFactor: number;
  assignments: { partition: number; nodes: number[] }[];
  configs: Record<string, string>;
}

type Fault = [error: ErrorCode, message: string];

/** Creates topics. -1 partitions means one, and so does a replication factor of -1. */
export function createTopicsApi(topics: Topics, nodeId: number): Api {
  return {
    key: 19,
    versions: [2, 7],
    flexibleFrom: 5,
    handle(request, { version, isFlexible }) {
      const asked = request.structs(readTopic);
      request.int32();
      const isDryRun = request.boolean();
      request.tags();
      return new Writer(isFlexible).int32(0).structs(asked, (w, topic) => {
        const isRepeated = asked.filter(({ name }) => name === topic.name).length > 1;
        const [error, message] = isRepeated
          ? ([errorCodes.invalidRequest, 'Duplicate topic name.'] satisfies Fault)
          : (faultOf(topic, topics, nodeId) ?? [errorCodes.none, null]);
        const isAccepted = error === errorCodes.none;
        const id = isAccepted && !isDryRun ? create(topic, topics).id : NO_TOPIC_ID;
        w.string(topic.name);
        if (version >= 7) w.uuid(id);
        w.int16(error).string(message);
        if (version >= 5) writeCreated(w, isAccepted ? topic : undefined, topics);
      });
    },
  };
}

function readTopic(reader: Reader): NewTopic {
  return {
    name: reader.string(),
    partitions: reader.int32(),
    replicationFactor: reader.int16(),
    assignments: reader.structs((each) => ({
      partition: each.int32(),
      nodes: each.array((node) => node.int32()),
    })),
    configs: Object.fromEntries(reader.structs((each) => [each.string(), each.nullableString() ?? ''])),
  };
}

function create(topic: NewTopic, topics: Topics): Topic {
  return topics.create(topic.name, partitionCount(topic), topic.configs);
}

function partitionCount({ partitions, assignments }: NewTopic): number {
  return assignments.length || (partitions === -1 ? DEFAULT_PARTITIONS : partitions);
}

/** Writes the properties of the new topic, also for a dry run; `topic` is undefined if it was refused. */
function writeCreated(writer: Writer, topic: NewTopic | undefined, topics: Topics): void {
  writer.int32(topic ? partitionCount(topic) : -1).int16(topic ? REPLICAS : -1);
  const configs = topic ? listConfigs(defaultTopicConfigs(topics), topic.configs) : [];
  writer.structs(configs, (w, { name, value, source }) => {
    w.string(name).string(value).boolean(false).int8(source).boolean(false);
  });
}

function faultOf(topic: NewTopic, topics: Topics, nodeId: number): Fault | undefined {
  const { name, configs } = topic;
  const nameError = topicNameError(name);
  if (nameError) return [errorCodes.invalidTopic, nameError];
  if (topics.get(name)) return [errorCodes.topicAlreadyExists, `Topic '${name}' already exists.`];
  const others = topics.list().map((other) => other.name);
  const collision = collidingTopic(name, others);
  if (collision)
    return [errorCodes.invalidTopic, `Topic '${name}' collides with existing topic: ${collision}`];
  const configError = topicConfigError(configs);
  if (configError) return [errorCodes.invalidConfig, configError];
  return topic.assignments.length > 0 ? assignmentFault(topic, nodeId) : sizeFault(topic);
}

function sizeFault({ partitions, replicationFactor }: NewTopic): Fault | undefined {
  if (partitions === 0 || partitions < -1 || partitions > MAX_PARTITIONS) {
    return [
      errorCodes.invalidPartitions,
      `Number of partitions was set to ${partitions}; it must be 1 or more.`,
    ];
  }
  if (replicationFactor === 1 || replicationFactor === -1) return undefined;
  const message = `Unable to replicate the partition ${replicationFactor} time(s): this cluster has one broker.`;
  return [errorCodes.invalidReplicationFactor, message];
}

function assignmentFault(
  { assignments, partitions, replicationFactor }: NewTopic,
  nodeId: number,
): Fault | undefined {
  if (partitions !== -1 || replicationFactor !== -1) {
    return [
      errorCodes.invalidRequest,
      'A manual partition assignment excludes partition and replica counts.',
    ];
  }
  const indexes = assignments.map(({ partition }) => partition).toSorted((a, b) => a - b);
  const isGapless = indexes.every((partition, i) => partition === i);
  const isHere = assignments.every(({ nodes }) => nodes.length === 1 && nodes[0] === nodeId);
  if (isGapless && isHere) return undefined;
  return [errorCodes.invalidReplicaAssignment, `Every partition from 0 on must be on broker ${nodeId}.`];
}
