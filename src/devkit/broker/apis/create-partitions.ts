import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Topics } from '../topics.ts';
import type { Api } from './api.ts';

/** Adds partitions to a topic; their number never shrinks. */
export function createPartitionsApi(topics: Topics): Api {
  return {
    key: 37,
    versions: [0, 1],
    handle(request) {
      const asked = request.array((reader) => {
        const [name, count] = [reader.string(), reader.int32()];
        reader.nullableArray((each) => each.array((node) => node.int32()));
        return { name, count };
      });
      request.int32();
      const isDryRun = request.boolean();
      return new Writer().int32(0).array(asked, (w, { name, count }) => {
        const [error, message] = grow(topics, name, { count, isDryRun });
        w.string(name).int16(error).string(message);
      });
    },
  };
}

function grow(
  topics: Topics,
  name: string,
  { count, isDryRun }: { count: number; isDryRun: boolean },
): [error: ErrorCode, message: string | null] {
  const topic = topics.get(name);
  if (!topic) return [errorCodes.unknownTopicOrPartition, 'This server does not host this topic-partition.'];
  const current = topic.partitions.length;
  if (count <= current || count > 10_000) {
    return [
      errorCodes.invalidPartitions,
      `Topic has ${current} partitions: ${count} would not be an increase.`,
    ];
  }
  if (!isDryRun) topics.addPartitions(topic, count);
  return [errorCodes.none, null];
}
