import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { firstRecordAt, type RecordPlace } from '../protocol/records.ts';
import type { Topics } from '../topics.ts';
import type { Api } from './api.ts';

const LATEST = -1;
const EARLIEST = -2;

/** Finds the first offset, the one that comes next, or the first record of a time (milliseconds) or later. */
export function listOffsetsApi(topics: Topics): Api {
  return {
    key: 2,
    versions: [1, 3],
    handle(request, { version }) {
      request.int32();
      if (version >= 2) request.int8();
      const asked = request.array((reader) => ({
        name: reader.string(),
        partitions: reader.array((each) => ({ index: each.int32(), timestamp: each.int64() })),
      }));
      const writer = new Writer();
      if (version >= 2) writer.int32(0);
      return writer.array(asked, (w, { name, partitions }) => {
        w.string(name).array(partitions, (each, { index, timestamp }) => {
          const log = topics.partition(name, index);
          const error = log ? errorCodes.none : errorCodes.unknownTopicOrPartition;
          const found = (log && find(log, timestamp)) ?? { timestamp: -1, offset: -1 };
          each.int32(index).int16(error).int64(found.timestamp).int64(found.offset);
        });
      });
    },
  };
}

function find(log: PartitionLog, timestamp: number): RecordPlace | undefined {
  if (timestamp === LATEST) return { timestamp: -1, offset: log.nextOffset() };
  if (timestamp === EARLIEST) return { timestamp: -1, offset: log.startOffset() };
  const batch = log.batchAtTime(timestamp);
  const start = log.startOffset();
  const found = batch && firstRecordAt(batch, timestamp, start);
  return found && { ...found, offset: Math.max(found.offset, start) };
}
