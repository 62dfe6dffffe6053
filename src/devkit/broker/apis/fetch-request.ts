import type { Reader } from '../protocol/bytes/reader.ts';
import type { Topics } from '../storage/topics.ts';
import { readTopicReference, type TopicReference } from './topic-reference.ts';

export interface FetchPartition {
  index: number;
  leaderEpoch: number;
  offset: number;
  maxBytes: number;
}

export interface FetchRequest {
  /** The longest wait for `minBytes`, in ms. */
  maxWait: number;
  minBytes: number;
  maxBytes: number;
  isolationLevel: number;
  sessionId: number;
  topics: { topic: TopicReference; partitions: FetchPartition[] }[];
}

/** Reads a Fetch request of version 4 to 18. */
export function readFetchRequest(request: Reader, version: number, topics: Topics): FetchRequest {
  if (version < 15) request.int32();
  const maxWait = request.int32();
  const minBytes = request.int32();
  const maxBytes = request.int32();
  const isolationLevel = request.int8();
  const sessionId = version >= 7 ? request.int32() : 0;
  if (version >= 7) request.int32();
  const asked = request.structs((reader) => ({
    topic: readTopicReference(reader, topics, version >= 13),
    partitions: reader.structs((each) => readPartition(each, version)),
  }));
  if (version >= 7) {
    request.structs((reader) => {
      readTopicReference(reader, topics, version >= 13);
      reader.array((each) => each.int32());
    });
  }
  if (version >= 11) request.string();
  request.tags();
  return { maxWait, minBytes, maxBytes, isolationLevel, sessionId, topics: asked };
}

function readPartition(reader: Reader, version: number): FetchPartition {
  const index = reader.int32();
  const leaderEpoch = version >= 9 ? reader.int32() : -1;
  const offset = reader.int64();
  if (version >= 12) reader.int32();
  if (version >= 5) reader.int64();
  return { index, leaderEpoch, offset, maxBytes: reader.int32() };
}
