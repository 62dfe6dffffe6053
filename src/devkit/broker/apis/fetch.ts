import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import type { Topics } from '../storage/topics.ts';
import { LEADER_EPOCH, type Api, type Call } from './api.ts';
import { readFetchRequest, type FetchPartition, type FetchRequest } from './fetch-request.ts';
import { findTopic, missingTopic, writeTopicReference, type TopicReference } from './topic-reference.ts';

const NOTHING = Buffer.alloc(0);

interface PartitionData {
  index: number;
  error: ErrorCode;
  nextOffset: number;
  startOffset: number;
  records: Buffer;
}

interface Fetched {
  topics: { topic: TopicReference; partitions: PartitionData[] }[];
  bytes: number;
  /** An error is answered without waiting. */
  hasError: boolean;
}

/**
 * Answers with whole batches, at least one if there is any, and waits for `minBytes` no longer than the client allows. Fetch
 * sessions are not supported: a client that asks for one continues with full requests.
 */
export function fetchApi(topics: Topics): Api {
  return {
    key: 1,
    versions: [4, 18],
    flexibleFrom: 12,
    handle(request, call) {
      const asked = readFetchRequest(request, call.version, topics);
      if (asked.sessionId !== 0) return write(call, asked, [], errorCodes.fetchSessionIdNotFound);
      const fetched = readAll(topics, asked);
      const isEnough = fetched.hasError || fetched.bytes >= asked.minBytes || asked.maxWait <= 0;
      if (isEnough) return write(call, asked, fetched.topics);
      return waitForData(topics, asked, call, asked.minBytes - fetched.bytes).then(() =>
        write(call, asked, readAll(topics, asked).topics),
      );
    },
  };
}

function readAll(topics: Topics, { topics: asked, maxBytes }: FetchRequest): Fetched {
  const fetched: Fetched = { topics: [], bytes: 0, hasError: false };
  for (const { topic, partitions } of asked) {
    const logs = findTopic(topics, topic)?.partitions;
    const missing = missingTopic(topics, topic);
    const data = partitions.map((wanted) => {
      const left = maxBytes - fetched.bytes;
      const read = readPartition(logs?.[wanted.index] ?? missing, wanted, left, fetched.bytes === 0);
      fetched.bytes += read.records.length;
      fetched.hasError ||= read.error !== errorCodes.none;
      return read;
    });
    fetched.topics.push({ topic, partitions: data });
  }
  return fetched;
}

function readPartition(
  log: PartitionLog | ErrorCode,
  { index, leaderEpoch, offset, maxBytes }: FetchPartition,
  left: number,
  isFirst: boolean,
): PartitionData {
  const failed = { index, nextOffset: -1, startOffset: -1, records: NOTHING };
  if (typeof log === 'number') return { ...failed, error: log };
  if (leaderEpoch > LEADER_EPOCH) return { ...failed, error: errorCodes.unknownLeaderEpoch };
  const [startOffset, nextOffset] = [log.startOffset(), log.nextOffset()];
  if (offset < startOffset || offset > nextOffset) return { ...failed, error: errorCodes.offsetOutOfRange };
  const records = log.read(offset, Math.min(left, maxBytes), isFirst);
  return { index, error: errorCodes.none, nextOffset, startOffset, records };
}

/** Resolves when `bytes` more bytes were appended, when the client's wait has ended, or when the connection ends. */
function waitForData(topics: Topics, { topics: asked, maxWait }: FetchRequest, call: Call, bytes: number) {
  return new Promise<void>((resolve) => {
    let missing = bytes;
    const onAppend = (appended: number): void => {
      missing -= appended;
      if (missing <= 0) finish();
    };
    const logs = asked.flatMap(({ topic, partitions }) =>
      partitions.map(({ index }) => findTopic(topics, topic)?.partitions[index]),
    );
    const releases = [...logs.map((log) => log?.onAppend(onAppend)), call.onClose(finish)];
    const timer = setTimeout(finish, maxWait);
    function finish(): void {
      clearTimeout(timer);
      releases.forEach((release) => release?.());
      resolve();
    }
  });
}

function write(
  { version, isFlexible }: Call,
  { isolationLevel }: FetchRequest,
  topics: Fetched['topics'],
  error: ErrorCode = errorCodes.none,
): Writer {
  const writer = new Writer(isFlexible).int32(0);
  if (version >= 7) writer.int16(error).int32(0);
  return writer.structs(topics, (w, { topic, partitions }) => {
    writeTopicReference(w, topic).structs(partitions, (each, data) => {
      each.int32(data.index).int16(data.error).int64(data.nextOffset).int64(data.nextOffset);
      if (version >= 5) each.int64(data.startOffset);
      each.structs(isolationLevel === 0 ? null : [], () => undefined);
      if (version >= 11) each.int32(-1);
      each.bytes(data.records);
    });
  });
}
