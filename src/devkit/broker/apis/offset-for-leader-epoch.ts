import { errorCodes } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Topics } from '../storage/topics.ts';
import { LEADER_EPOCH, type Api } from './api.ts';

interface Asked {
  index: number;
  /** The epoch of the partition that the client assumes; -1 if it names none. */
  currentEpoch: number;
  epoch: number;
}

const NONE = { epoch: -1, endOffset: -1 };

/** Returns the end of the log for a leader epoch (KIP-320). There is a single epoch. */
export function offsetForLeaderEpochApi(topics: Topics): Api {
  return {
    key: 23,
    versions: [2, 4],
    flexibleFrom: 4,
    handle(request, { version, isFlexible }) {
      if (version >= 3) request.int32();
      const asked = request.structs((reader) => ({
        name: reader.string(),
        partitions: reader.structs(readPartition),
      }));
      request.tags();
      return new Writer(isFlexible).int32(0).structs(asked, (w, { name, partitions }) => {
        w.string(name).structs(partitions, (each, wanted) => {
          const { error, epoch, endOffset } = find(topics, name, wanted);
          each.int16(error).int32(wanted.index).int32(epoch).int64(endOffset);
        });
      });
    },
  };
}

function readPartition(reader: Reader): Asked {
  return { index: reader.int32(), currentEpoch: reader.int32(), epoch: reader.int32() };
}

function find(topics: Topics, name: string, { index, currentEpoch, epoch }: Asked) {
  const log = topics.partition(name, index);
  if (!log) return { error: errorCodes.unknownTopicOrPartition, ...NONE };
  if (currentEpoch > LEADER_EPOCH) return { error: errorCodes.unknownLeaderEpoch, ...NONE };
  if (epoch !== LEADER_EPOCH) return { error: errorCodes.none, ...NONE };
  return { error: errorCodes.none, epoch, endOffset: log.nextOffset() };
}
