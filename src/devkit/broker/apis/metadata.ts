import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import { topicNameError } from '../topic-names.ts';
import type { Topics } from '../topics.ts';
import type { Api, Node } from './api.ts';

interface Described {
  name: string;
  error: ErrorCode;
  partitions: number;
}

/** Describes the cluster and its topics; makes a missing topic of one partition where the client allows it. */
export function metadataApi(topics: Topics, node: Node): Api {
  return {
    key: 3,
    versions: [0, 6],
    handle(request, { version }) {
      const names = readNames(request, version);
      const mayCreate = version >= 4 ? request.boolean() : true;
      const described = names.map((name) => describe(topics, name, mayCreate));
      return write(version, node, described);
    },
  };

  function readNames(request: Reader, version: number): string[] {
    const names = request.nullableArray((reader) => reader.string());
    const wantsAll = names === null || (version === 0 && names.length === 0);
    return wantsAll ? topics.list().map(({ name }) => name) : names;
  }
}

function describe(topics: Topics, name: string, mayCreate: boolean): Described {
  const known = topics.get(name);
  if (known) return { name, error: errorCodes.none, partitions: known.partitions.length };
  if (topicNameError(name)) return { name, error: errorCodes.invalidTopic, partitions: 0 };
  if (!mayCreate) return { name, error: errorCodes.unknownTopicOrPartition, partitions: 0 };
  topics.create(name, 1, {});
  return { name, error: errorCodes.none, partitions: 1 };
}

function write(version: number, node: Node, topics: readonly Described[]): Writer {
  const writer = new Writer();
  if (version >= 3) writer.int32(0);
  writer.array([node], (w, { id, host, port }) => {
    w.int32(id).string(host).int32(port);
    if (version >= 1) w.string(null);
  });
  if (version >= 2) writer.string(node.clusterId);
  if (version >= 1) writer.int32(node.id);
  return writer.array(topics, (w, topic) => {
    w.int16(topic.error).string(topic.name);
    if (version >= 1) w.boolean(false);
    writePartitions(w, version, node.id, topic.partitions);
  });
}

function writePartitions(writer: Writer, version: number, nodeId: number, count: number): void {
  const indexes = Array.from({ length: count }, (_, index) => index);
  writer.array(indexes, (w, index) => {
    w.int16(errorCodes.none).int32(index).int32(nodeId);
    w.array([nodeId], (replicas, id) => replicas.int32(id));
    w.array([nodeId], (inSync, id) => inSync.int32(id));
    if (version >= 5) w.array([], () => undefined);
  });
}
