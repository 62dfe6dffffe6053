import type { Coordinator } from '../groups/coordinator.ts';
import type { CommittedOffset, Offsets } from '../groups/offsets.ts';
import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Topics } from '../topics.ts';
import type { Api } from './api.ts';

/** Kafka's default of `offset.metadata.max.bytes`. */
const MAX_METADATA_BYTES = 4096;

/** Keeps how far a group is, for members of the current generation and for committers outside an empty group. */
export function offsetCommitApi(coordinator: Coordinator, offsets: Offsets, topics: Topics): Api {
  function commit(groupId: string, committing: CommittedOffset): ErrorCode {
    const { topic, partition, metadata } = committing;
    if (!topics.partition(topic, partition)) return errorCodes.unknownTopicOrPartition;
    if (Buffer.byteLength(metadata ?? '') > MAX_METADATA_BYTES) return errorCodes.offsetMetadataTooLarge;
    offsets.commit(groupId, committing);
    return errorCodes.none;
  }

  return {
    key: 8,
    versions: [2, 5],
    handle(request, { version }) {
      const groupId = request.string();
      const generation = request.int32();
      const memberId = request.string();
      if (version < 5) request.int64();
      const asked = request.array((reader) => ({
        topic: reader.string(),
        partitions: reader.array((each) => ({
          partition: each.int32(),
          offset: each.int64(),
          metadata: each.nullableString(),
        })),
      }));
      const refused = coordinator.checkCommit(groupId, memberId, generation);
      const writer = new Writer();
      if (version >= 3) writer.int32(0);
      return writer.array(asked, (w, { topic, partitions }) => {
        w.string(topic).array(partitions, (each, committing) => {
          each.int32(committing.partition).int16(refused || commit(groupId, { topic, ...committing }));
        });
      });
    },
  };
}
