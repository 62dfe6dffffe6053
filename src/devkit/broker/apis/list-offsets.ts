import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import { firstRecordAt, greatestRecord, offsetBehind, type RecordPlace } from '../protocol/records.ts';
import type { Topics } from '../storage/topics.ts';
import { LEADER_EPOCH, type Api } from './api.ts';

const NO_BATCH = Buffer.alloc(0);

type Find = (log: PartitionLog) => RecordPlace | undefined;

/**
 * The special timestamps, each with the first version that knows it. Without tiered storage, the local log is the whole
 * log (KIP-405), with no records elsewhere (KIP-1005) or pending an upload (KIP-1023).
 */
const specialTimes = new Map<number, { since: number; find: Find }>([
  [-1, { since: 1, find: (log) => ({ timestamp: -1, offset: log.nextOffset() }) }],
  [-2, { since: 1, find: (log) => ({ timestamp: -1, offset: log.startOffset() }) }],
  [-3, { since: 7, find: findGreatest }], // KIP-734
  [-4, { since: 8, find: (log) => ({ timestamp: -1, offset: log.startOffset() }) }],
  [-5, { since: 9, find: () => undefined }],
  [-6, { since: 11, find: () => undefined }],
]);

interface Asked {
  index: number;
  leaderEpoch: number;
  timestamp: number;
}

interface Found {
  error: ErrorCode;
  place: RecordPlace | undefined;
}

/**
 * Finds the earliest offset, the next offset, the record with the greatest timestamp, or the first record at or after a time
 * (ms).
 */
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
          const { error, place } = answer(topics.partition(name, wanted.index), wanted, version);
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

function answer(log: PartitionLog | undefined, { leaderEpoch, timestamp }: Asked, version: number): Found {
  const special = specialTimes.get(timestamp);
  const isKnown = timestamp >= 0 || (special && version >= special.since);
  if (!isKnown) return { error: errorCodes.unsupportedVersion, place: undefined };
  if (!log) return { error: errorCodes.unknownTopicOrPartition, place: undefined };
  if (leaderEpoch > LEADER_EPOCH) return { error: errorCodes.unknownLeaderEpoch, place: undefined };
  return { error: errorCodes.none, place: special ? special.find(log) : findFirst(log, timestamp) };
}

/** Returns the first record at or after `timestamp` that is not deleted. */
function findFirst(log: PartitionLog, timestamp: number): RecordPlace | undefined {
  const start = log.startOffset();
  let from = start;
  for (;;) {
    const batch = log.batchAtTime(timestamp, from);
    if (!batch) return undefined;
    const place = firstRecordAt(batch, timestamp, start);
    if (place) return place;
    from = offsetBehind(batch);
  }
}

/** Returns the first record with the greatest timestamp. In the first batch of the log, the latest record may be deleted. */
function findGreatest(log: PartitionLog): RecordPlace | undefined {
  const start = log.startOffset();
  const first = log.read(start, 0, true);
  const behind = offsetBehind(first);
  const other = log.batchAtTime(log.greatestTimestamp(behind), behind) ?? NO_BATCH;
  const places = [first, other].flatMap((batch) => greatestRecord(batch, start) ?? []);
  return places.toSorted((a, b) => b.timestamp - a.timestamp)[0];
}
