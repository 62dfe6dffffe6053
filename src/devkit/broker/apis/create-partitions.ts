import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';

const MAX_PARTITIONS = 10_000;

interface Growth {
  name: string;
  count: number;
  /** The brokers of each new partition; null lets the cluster choose. */
  assignments: number[][] | null;
}

type Fault = [error: ErrorCode, message: string];

/** Adds partitions to a topic. The number of partitions never decreases. */
export function createPartitionsApi(topics: Topics, nodeId: number): Api {
  return {
    key: 37,
    versions: [0, 3],
    flexibleFrom: 2,
    handle(request, { isFlexible }) {
      const asked = request.structs(readGrowth);
      request.int32();
      const isDryRun = request.boolean();
      request.tags();
      return new Writer(isFlexible).int32(0).structs(asked, (w, growth) => {
        const fault = faultOf(growth, topics, nodeId);
        const topic = topics.get(growth.name);
        if (topic && !fault && !isDryRun) topics.addPartitions(topic, growth.count);
        const [error, message] = fault ?? [errorCodes.none, null];
        w.string(growth.name).int16(error).string(message);
      });
    },
  };
}

function readGrowth(reader: Reader): Growth {
  return {
    name: reader.string(),
    count: reader.int32(),
    assignments: reader.nullableStructs((each) => each.array((node) => node.int32())),
  };
}

function faultOf({ name, count, assignments }: Growth, topics: Topics, nodeId: number): Fault | undefined {
  const topic = topics.get(name);
  if (!topic) return [errorCodes.unknownTopicOrPartition, 'This server does not host this topic-partition.'];
  const current = topic.partitions.length;
  if (count <= current || count > MAX_PARTITIONS) {
    return [
      errorCodes.invalidPartitions,
      `Topic has ${current} partitions: ${count} would not be an increase.`,
    ];
  }
  if (assignments === null) return undefined;
  const isHere = assignments.every((nodes) => nodes.length === 1 && nodes[0] === nodeId);
  if (isHere && assignments.length === count - current) return undefined;
  const message = `Each of the ${count - current} new partitions must be on broker ${nodeId}.`;
  return [errorCodes.invalidReplicaAssignment, message];
}
