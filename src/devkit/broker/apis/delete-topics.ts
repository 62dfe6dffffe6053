import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Offsets } from '../groups/offsets.ts';
import type { Topic, Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';
import { NO_TOPIC_ID } from './topic-reference.ts';

/** A topic by name or, from version 6, by id. */
interface Asked {
  name: string | null;
  id: string;
}

type Fault = [error: ErrorCode, message: string];

/** Deletes topics, their data and their committed offsets. */
export function deleteTopicsApi(topics: Topics, offsets: Offsets): Api {
  function remove({ name, id }: Topic): Asked {
    topics.remove(name);
    offsets.removeTopic(name);
    return { name, id };
  }

  return {
    key: 20,
    versions: [1, 6],
    flexibleFrom: 4,
    handle(request, { version, isFlexible }) {
      const asked = readTopics(request, version);
      request.int32();
      request.tags();
      return new Writer(isFlexible).int32(0).structs(asked, (w, wanted) => {
        const topic = wanted.name === null ? topics.byId(wanted.id) : topics.get(wanted.name);
        const fault = faultOf(wanted, topic);
        const { name, id } = topic && !fault ? remove(topic) : wanted;
        w.string(name);
        if (version >= 6) w.uuid(id);
        w.int16(fault?.[0] ?? errorCodes.none);
        if (version >= 5) w.string(fault?.[1] ?? null);
      });
    },
  };
}

function readTopics(request: Reader, version: number): Asked[] {
  if (version < 6) return request.array((reader) => ({ name: reader.string(), id: NO_TOPIC_ID }));
  return request.structs((reader) => ({ name: reader.nullableString(), id: reader.uuid() }));
}

function faultOf({ name, id }: Asked, topic: Topic | undefined): Fault | undefined {
  if (name !== null && id !== NO_TOPIC_ID) {
    return [errorCodes.invalidRequest, 'You may not specify both topic name and topic id.'];
  }
  if (topic) return undefined;
  return name === null
    ? [errorCodes.unknownTopicId, 'This server does not host this topic ID.']
    : [errorCodes.unknownTopicOrPartition, 'This server does not host this topic-partition.'];
}
