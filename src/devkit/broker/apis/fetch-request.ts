import type { Reader } from '../protocol/reader.ts';

export interface FetchPartition {
  index: number;
  leaderEpoch: number;
  offset: number;
  maxBytes: number;
}

export interface FetchRequest {
  /** Milliseconds to wait for `minBytes`. */
  maxWait: number;
  minBytes: number;
  maxBytes: number;
  isolationLevel: number;
  sessionId: number;
  topics: { name: string; partitions: FetchPartition[] }[];
}

/** Reads a Fetch request of version 4 to 11. */
export function readFetchRequest(request: Reader, version: number): FetchRequest {
  request.int32();
  const maxWait = request.int32();
  const minBytes = request.int32();
  const maxBytes = request.int32();
  const isolationLevel = request.int8();
  const sessionId = version >= 7 ? request.int32() : 0;
  if (version >= 7) request.int32();
  const topics = request.array((reader) => ({
    name: reader.string(),
    partitions: reader.array((each) => readPartition(each, version)),
  }));
  if (version >= 7) request.array((reader) => [reader.string(), reader.array((each) => each.int32())]);
  if (version >= 11) request.string();
  return { maxWait, minBytes, maxBytes, isolationLevel, sessionId, topics };
}

function readPartition(reader: Reader, version: number): FetchPartition {
  const index = reader.int32();
  const leaderEpoch = version >= 9 ? reader.int32() : -1;
  const offset = reader.int64();
  if (version >= 5) reader.int64();
  return { index, leaderEpoch, offset, maxBytes: reader.int32() };
}
