import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Offsets } from '../groups/offsets.ts';
import type { Topics } from '../topics.ts';
import type { Api } from './api.ts';

/** Deletes topics with their data and the offsets that groups committed in them. */
export function deleteTopicsApi(topics: Topics, offsets: Offsets): Api {
  return {
    key: 20,
    versions: [1, 3],
    handle(request) {
      const names = request.array((reader) => reader.string());
      request.int32();
      return new Writer().int32(0).array(names, (w, name) => {
        const isKnown = topics.get(name) !== undefined;
        if (isKnown) topics.remove(name);
        if (isKnown) offsets.removeTopic(name);
        w.string(name).int16(isKnown ? errorCodes.none : errorCodes.unknownTopicOrPartition);
      });
    },
  };
}
