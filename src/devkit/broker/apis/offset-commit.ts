import type { Coordinator } from '../groups/coordinator.ts';
import type { CommittedOffset, Offsets } from '../groups/offsets.ts';
import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';
import {
  findTopic,
  missingTopic,
  readTopicReference,
  writeTopicReference,
  type TopicReference,
} from './topic-reference.ts';

/** Kafka's default of `offset.metadata.max.bytes`. */
const MAX_METADATA_BYTES = 4096;

type Committing = Omit<CommittedOffset, 'topic'>;

/** Stores committed offsets for members of the current generation, and for committers outside an empty group. */
export function offsetCommitApi(coordinator: Coordinator, offsets: Offsets, topics: Topics): Api {
  function commit(groupId: string, reference: TopicReference, committing: Committing): ErrorCode {
    const topic = findTopic(topics, reference);
    if (!topic?.partitions[committing.partition]) return missingTopic(topics, reference);
    if (Buffer.byteLength(committing.metadata ?? '') > MAX_METADATA_BYTES)
      return errorCodes.offsetMetadataTooLarge;
    offsets.commit(groupId, { topic: topic.name, ...committing });
    return errorCodes.none;
  }

  return {
    key: 8,
    versions: [2, 10],
    flexibleFrom: 8,
    handle(request, { version, isFlexible }) {
      const groupId = request.string();
      const generation = request.int32();
      const memberId = request.string();
      const instanceId = version >= 7 ? request.nullableString() : null;
      if (version < 5) request.int64();
      const asked = request.structs((reader) => ({
        topic: readTopicReference(reader, topics, version >= 10),
        partitions: reader.structs((each) => readPartition(each, version)),
      }));
      request.tags();
      const refused = coordinator.checkCommit(groupId, { memberId, instanceId, generation });
      const writer = new Writer(isFlexible);
      if (version >= 3) writer.int32(0);
      return writer.structs(asked, (w, { topic, partitions }) => {
        writeTopicReference(w, topic).structs(partitions, (each, committing) => {
          each.int32(committing.partition).int16(refused || commit(groupId, topic, committing));
        });
      });
    },
  };
}

function readPartition(reader: Reader, version: number): Committing {
  const partition = reader.int32();
  const offset = reader.int64();
  if (version >= 6) reader.int32();
  return { partition, offset, metadata: reader.nullableString() };
}
