import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import type { Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';

/** The offset that means the end of the partition. */
const ALL = -1;

/** Deletes all records before an offset, which becomes the start of the partition. */
export function deleteRecordsApi(topics: Topics): Api {
  return {
    key: 21,
    versions: [0, 2],
    flexibleFrom: 2,
    handle(request, { isFlexible }) {
      const asked = request.structs((reader) => ({
        name: reader.string(),
        partitions: reader.structs((each) => ({ index: each.int32(), offset: each.int64() })),
      }));
      request.int32();
      request.tags();
      return new Writer(isFlexible).int32(0).structs(asked, (w, { name, partitions }) => {
        w.string(name).structs(partitions, (each, { index, offset }) => {
          const [error, startOffset] = deleteBefore(topics.partition(name, index), offset);
          each.int32(index).int64(startOffset).int16(error);
        });
      });
    },
  };
}

function deleteBefore(log: PartitionLog | undefined, asked: number): [error: ErrorCode, startOffset: number] {
  if (!log) return [errorCodes.unknownTopicOrPartition, -1];
  const offset = asked === ALL ? log.nextOffset() : asked;
  if (offset < 0 || offset > log.nextOffset()) return [errorCodes.offsetOutOfRange, -1];
  log.deleteBefore(offset);
  return [errorCodes.none, log.startOffset()];
}
