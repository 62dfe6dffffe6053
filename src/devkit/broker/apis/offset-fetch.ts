import type { Offsets } from '../groups/offsets.ts';
import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api } from './api.ts';

interface Asked {
  topic: string;
  partitions: number[];
}

/** Tells how far a group is; -1 where it has committed nothing. From version 2 on, no topics mean all of them. */
export function offsetFetchApi(offsets: Offsets): Api {
  return {
    key: 9,
    versions: [1, 4],
    handle(request, { version }) {
      const groupId = request.string();
      const named = request.nullableArray<Asked>((reader) => ({
        topic: reader.string(),
        partitions: reader.array((each) => each.int32()),
      }));
      const writer = new Writer();
      if (version >= 3) writer.int32(0);
      writer.array(named ?? committedBy(offsets, groupId), (w, { topic, partitions }) => {
        w.string(topic).array(partitions, (each, index) => {
          const committed = offsets.get(groupId, { topic, partition: index });
          each.int32(index).int64(committed?.offset ?? -1);
          each.string(committed?.metadata ?? '').int16(errorCodes.none);
        });
      });
      return version >= 2 ? writer.int16(errorCodes.none) : writer;
    },
  };
}

function committedBy(offsets: Offsets, groupId: string): Asked[] {
  const places = offsets.list(groupId);
  return [...new Set(places.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: places.filter((place) => place.topic === topic).map(({ partition }) => partition),
  }));
}
