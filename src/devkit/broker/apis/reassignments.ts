import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';

interface Target {
  index: number;
  /** null cancels a running reassignment. */
  nodes: number[] | null;
}

/** Moves partitions between brokers. With one broker a partition can only stay, and no reassignment is ever running. */
export function reassignmentApis(topics: Topics, nodeId: number): Api[] {
  function check(name: string, { index, nodes }: Target): ErrorCode {
    if (!topics.partition(name, index)) return errorCodes.unknownTopicOrPartition;
    if (nodes === null) return errorCodes.noReassignmentInProgress;
    const isHere = nodes.length === 1 && nodes[0] === nodeId;
    return isHere ? errorCodes.none : errorCodes.invalidReplicaAssignment;
  }

  return [
    {
      key: 45,
      versions: [0, 0],
      flexibleFrom: 0,
      handle(request) {
        request.int32();
        const asked = request.structs((reader) => ({
          name: reader.string(),
          partitions: reader.structs(readTarget),
        }));
        request.tags();
        return answer().structs(asked, (w, { name, partitions }) => {
          w.string(name).structs(partitions, (each, target) => {
            each.int32(target.index).int16(check(name, target)).string(null);
          });
        });
      },
    },
    {
      key: 46,
      versions: [0, 0],
      flexibleFrom: 0,
      handle(request) {
        request.int32();
        request.nullableStructs((reader) => [reader.string(), reader.array((index) => index.int32())]);
        request.tags();
        return answer().structs([], () => undefined);
      },
    },
  ];
}

function answer(): Writer {
  return new Writer(true).int32(0).int16(errorCodes.none).string(null);
}

function readTarget(reader: Reader): Target {
  return { index: reader.int32(), nodes: reader.nullableArray((each) => each.int32()) };
}
