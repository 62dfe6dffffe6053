import type { AbortedTransaction } from '../records/aborted-producers.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { readRecordSet, type RecordSet } from '../records/record-set.ts';
import type { Allowance } from '../records/batch.ts';

/** The parts of a Fetch response that a consumer needs. */
export interface FetchAnswer {
  throttleTime: number;
  errorCode: number;
  sessionId: number;
  topics: { topic: string; partitions: FetchedPartition[] }[];
}

export interface FetchedPartition extends RecordSet {
  partition: number;
  errorCode: number;
  highWatermark: number;
  /** The end of the log for a consumer with read_committed: before the first open transaction. */
  lastStableOffset: number;
  preferredReadReplica: number | undefined;
}

export interface FetchAnswerOptions {
  version: number;
  /** Returns the requested offset. */
  fromOf: (topic: string, partition: number) => number;
  allowance: Allowance;
}

/** Decodes a response of version 4 to 11 (https://kafka.apache.org/protocol#The_Messages_Fetch). */
export async function readFetchAnswer(bytes: Buffer, options: FetchAnswerOptions): Promise<FetchAnswer> {
  const reader = new ByteReader(bytes);
  const throttleTime = reader.int32();
  const errorCode = options.version >= 7 ? reader.int16() : 0;
  const sessionId = options.version >= 7 ? reader.int32() : 0;
  const topics: FetchAnswer['topics'] = [];
  for (let left = reader.int32(); left > 0; left -= 1) {
    const topic = reader.take(reader.int16()).toString();
    const partitions: FetchedPartition[] = [];
    for (let more = reader.int32(); more > 0; more -= 1)
      partitions.push(await readPartition(reader, topic, options));
    topics.push({ topic, partitions });
  }
  return { throttleTime, errorCode, sessionId, topics };
}

async function readPartition(
  reader: ByteReader,
  topic: string,
  { version, fromOf, allowance }: FetchAnswerOptions,
): Promise<FetchedPartition> {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const [highWatermark, lastStableOffset] = [Number(reader.int64()), Number(reader.int64())];
  if (version >= 5) reader.int64(); // the first offset of the log
  const aborted = readAborted(reader);
  const preferredReadReplica = version >= 11 ? reader.int32() : undefined;
  const records = reader.take(Math.max(0, reader.int32()));
  const set = await readRecordSet(records, { from: fromOf(topic, partition), aborted, allowance });
  return { partition, errorCode, highWatermark, lastStableOffset, preferredReadReplica, ...set };
}

/** A length of -1 means none: the broker has no transactions. */
function readAborted(reader: ByteReader): AbortedTransaction[] {
  const aborted: AbortedTransaction[] = [];
  for (let left = reader.int32(); left > 0; left -= 1)
    aborted.push({ producerId: reader.int64(), firstOffset: Number(reader.int64()) });
  return aborted;
}
