import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { firstRecordAt, type RecordPlace } from '../protocol/records.ts';
import type { Topics } from '../topics.ts';
import { LEADER_EPOCH, type Api } from './api.ts';

const LATEST = -1;
const EARLIEST = -2;

interface Asked {
  index: number;
  leaderEpoch: number;
  timestamp: number;
}

interface Found {
  error: ErrorCode;
  place: RecordPlace | undefined;
}

/** Finds the first offset, the one that comes next, or the first record of a time (milliseconds) or later. */
export function listOffsetsApi(topics: Topics): Api {
  return {
    key: 2,
    versions: [1, 11],
    flexibleFrom: 6,
    handle(request, { version, isFlexible }) {
      request.int32();
      if (version >= 2) request.int8();
      const asked = request.structs((reader) => ({
        name: reader.string(),
        partitions: reader.structs((each) => readPartition(each, version)),
      }));
      if (version >= 10) request.int32();
      request.tags();
      const writer = new Writer(isFlexible);
      if (version >= 2) writer.int32(0);
      return writer.structs(asked, (w, { name, partitions }) => {
        w.string(name).structs(partitions, (each, wanted) => {
          const { error, place } = answer(topics.partition(name, wanted.index), wanted);
          each
            .int32(wanted.index)
            .int16(error)
            .int64(place?.timestamp ?? -1)
            .int64(place?.offset ?? -1);
          if (version >= 4) each.int32(place ? LEADER_EPOCH : -1);
        });
      });
    },
  };
}

function readPartition(reader: Reader, version: number): Asked {
  return {
    index: reader.int32(),
    leaderEpoch: version >= 4 ? reader.int32() : -1,
    timestamp: reader.int64(),
  };
}

function answer(log: PartitionLog | undefined, { leaderEpoch, timestamp }: Asked): Found {
  if (!log) return { error: errorCodes.unknownTopicOrPartition, place: undefined };
  if (leaderEpoch > LEADER_EPOCH) return { error: errorCodes.unknownLeaderEpoch, place: undefined };
  return { error: errorCodes.none, place: find(log, timestamp) };
}

function find(log: PartitionLog, timestamp: number): RecordPlace | undefined {
  if (timestamp === LATEST) return { timestamp: -1, offset: log.nextOffset() };
  if (timestamp === EARLIEST) return { timestamp: -1, offset: log.startOffset() };
  const batch = log.batchAtTime(timestamp);
  const start = log.startOffset();
  const found = batch && firstRecordAt(batch, timestamp, start);
  return found && { ...found, offset: Math.max(found.offset, start) };
}
