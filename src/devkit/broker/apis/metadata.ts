import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import { topicNameError } from '../storage/topic-names.ts';
import type { Topic, Topics } from '../storage/topics.ts';
import { LEADER_EPOCH, UNKNOWN_OPERATIONS, type Api, type Node } from './api.ts';
import { NO_TOPIC_ID } from './topic-reference.ts';

/** A topic by name or, from version 12, by id (KIP-516). */
interface Asked {
  name: string | null;
  id: string;
}

interface Described extends Asked {
  error: ErrorCode;
  partitions: number;
}

/** Describes the cluster and its topics. Creates a missing topic with one partition if the client allows it. */
export function metadataApi(topics: Topics, node: Node): Api {
  return {
    key: 3,
    versions: [0, 13],
    flexibleFrom: 9,
    handle(request, { version, isFlexible }) {
      const asked = readTopics(request, version);
      const mayCreate = version >= 4 ? request.boolean() : true;
      if (version >= 8 && version <= 10) request.boolean();
      if (version >= 8) request.boolean();
      request.tags();
      const described = asked.map((topic) => describe(topics, topic, { version, mayCreate }));
      return write(new Writer(isFlexible), version, node, described);
    },
  };

  function readTopics(request: Reader, version: number): Asked[] {
    const named = request.nullableStructs((reader) => ({
      id: version >= 10 ? reader.uuid() : NO_TOPIC_ID,
      name: version >= 10 ? reader.nullableString() : reader.string(),
    }));
    const wantsAll = named === null || (version === 0 && named.length === 0);
    return wantsAll ? topics.list().map(({ name }) => ({ name, id: NO_TOPIC_ID })) : named;
  }
}

function describe(
  topics: Topics,
  { name, id }: Asked,
  { version, mayCreate }: { version: number; mayCreate: boolean },
): Described {
  const isById = id !== NO_TOPIC_ID;
  const refused = (error: ErrorCode): Described => ({ name, id, error, partitions: 0 });
  if (version < 12 && (isById || name === null)) {
    return { ...refused(errorCodes.invalidRequest), name: name ?? '' };
  }
  const known = isById ? topics.byId(id) : topics.get(name ?? '');
  if (known) return describeTopic(known);
  if (isById) return refused(errorCodes.unknownTopicId);
  if (name === null || topicNameError(name)) return refused(errorCodes.invalidTopic);
  if (!mayCreate) return refused(errorCodes.unknownTopicOrPartition);
  return describeTopic(topics.create(name, 1, {}));
}

function describeTopic({ name, id, partitions }: Topic): Described {
  return { name, id, error: errorCodes.none, partitions: partitions.length };
}

function write(writer: Writer, version: number, node: Node, topics: readonly Described[]): Writer {
  if (version >= 3) writer.int32(0);
  writer.structs([node], (w, { id, host, port }) => {
    w.int32(id).string(host).int32(port);
    if (version >= 1) w.string(null);
  });
  if (version >= 2) writer.string(node.clusterId);
  if (version >= 1) writer.int32(node.id);
  writer.structs(topics, (w, topic) => {
    w.int16(topic.error).string(topic.name);
    if (version >= 10) w.uuid(topic.id);
    if (version >= 1) w.boolean(false);
    writePartitions(w, version, node.id, topic.partitions);
    if (version >= 8) w.int32(UNKNOWN_OPERATIONS);
  });
  if (version >= 8 && version <= 10) writer.int32(UNKNOWN_OPERATIONS);
  return version >= 13 ? writer.int16(errorCodes.none) : writer;
}

function writePartitions(writer: Writer, version: number, nodeId: number, count: number): void {
  const indexes = Array.from({ length: count }, (_, index) => index);
  writer.structs(indexes, (w, index) => {
    w.int16(errorCodes.none).int32(index).int32(nodeId);
    if (version >= 7) w.int32(LEADER_EPOCH);
    w.array([nodeId], (replicas, id) => replicas.int32(id));
    w.array([nodeId], (inSync, id) => inSync.int32(id));
    if (version >= 5) w.array([], () => undefined);
  });
}
