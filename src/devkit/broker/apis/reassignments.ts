import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import type { Topics } from '../topics.ts';
import type { Api } from './api.ts';

const NO_TAGS = 0;

interface Target {
  index: number;
  /** null takes back what goes on. */
  nodes: number[] | null;
}

/** Moving partitions between brokers: with one broker they can only stay, and none is ever on its way. */
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
        const asked = request.compactArray((reader) => tagged(reader, readTopic(reader, readTarget)));
        return answer()
          .compactArray(asked, (w, { name, partitions }) => {
            w.compactString(name).compactArray(partitions, (each, target) => {
              each.int32(target.index).int16(check(name, target)).compactString(null).unsignedVarint(NO_TAGS);
            });
            w.unsignedVarint(NO_TAGS);
          })
          .unsignedVarint(NO_TAGS);
      },
    },
    {
      key: 46,
      versions: [0, 0],
      flexibleFrom: 0,
      handle: () =>
        answer()
          .compactArray([], () => undefined)
          .unsignedVarint(NO_TAGS),
    },
  ];
}

/** The tags of the header, no throttling, no error. */
function answer(): Writer {
  return new Writer().unsignedVarint(NO_TAGS).int32(0).int16(errorCodes.none).compactString(null);
}

function readTopic<T>(
  reader: Reader,
  readPartition: (reader: Reader) => T,
): { name: string; partitions: T[] } {
  return { name: reader.compactString(), partitions: reader.compactArray(readPartition) };
}

function readTarget(reader: Reader): Target {
  const index = reader.int32();
  const nodes = reader.nullableCompactArray((each) => each.int32());
  return tagged(reader, { index, nodes });
}

function tagged<T>(reader: Reader, value: T): T {
  reader.skipTaggedFields();
  return value;
}
