import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import {
  BATCH_HEADER_BYTES,
  isBatchIntact,
  readBatchHeader,
  type BatchHeader,
} from '../protocol/record-batch.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Topic, Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';
import { topicConfigDefaults } from './topic-configs.ts';
import {
  findTopic,
  missingTopic,
  readTopicReference,
  writeTopicReference,
  type TopicReference,
} from './topic-reference.ts';

/** Bits of a batch's attributes. Transactions are not supported, and clients never send control batches. */
const TRANSACTION_OR_CONTROL = 0x30;

interface Appended {
  error: ErrorCode;
  baseOffset: number;
  startOffset: number;
}

interface PartitionData {
  index: number;
  records: Buffer | null;
}

/** Appends record batches of version 2. Like Kafka 4, ApiVersions lists version 0 too, for old librdkafka (KAFKA-18659). */
export function produceApi(topics: Topics): Api {
  return {
    key: 0,
    versions: [3, 13],
    advertised: [0, 13],
    flexibleFrom: 9,
    handle(request, { version, isFlexible }) {
      request.nullableString();
      const acks = request.int16();
      request.int32();
      const data = request.structs((reader) => ({
        topic: readTopicReference(reader, topics, version >= 13),
        partitions: reader.structs(readPartition),
      }));
      request.tags();
      const accepted = acks >= -1 && acks <= 1;
      const writer = new Writer(isFlexible).structs(data, (w, { topic, partitions }) => {
        writeTopicReference(w, topic).structs(partitions, (each, { index, records }) => {
          const done = accepted
            ? append(topics, topic, index, records)
            : refuse(errorCodes.invalidRequiredAcks);
          each.int32(index).int16(done.error).int64(done.baseOffset).int64(-1);
          if (version >= 5) each.int64(done.startOffset);
          if (version >= 8) each.structs([], () => undefined).string(null);
        });
      });
      return acks === 0 ? undefined : writer.int32(0);
    },
  };
}

function readPartition(reader: Reader): PartitionData {
  return { index: reader.int32(), records: reader.nullableBytes() };
}

function append(topics: Topics, reference: TopicReference, index: number, records: Buffer | null): Appended {
  const topic = findTopic(topics, reference);
  const partition = topic?.partitions[index];
  if (!topic || !partition) return refuse(missingTopic(topics, reference));
  const header = readBatchHeader(records ?? Buffer.alloc(0));
  if (!records || !header) return refuse(errorCodes.invalidRecord);
  const fault = faultOf(records, header, topic.configs) || timeFaultOf(header, topic.configs);
  if (fault) return refuse(fault);
  const checked = partition.check(header);
  if ('error' in checked) return refuse(checked.error);
  const baseOffset = 'append' in checked ? partition.append(records, header) : checked.duplicateOf;
  return { error: errorCodes.none, baseOffset, startOffset: partition.startOffset() };
}

function faultOf(records: Buffer, header: BatchHeader, configs: Topic['configs']): ErrorCode {
  if (header.magic !== 2 || header.size < BATCH_HEADER_BYTES) return errorCodes.corruptMessage;
  if (header.size > records.length) return errorCodes.corruptMessage;
  if (header.size < records.length) return errorCodes.invalidRecord;
  if (header.size > numberOf(configs, 'max.message.bytes')) return errorCodes.messageTooLarge;
  if (!isBatchIntact(records, 0, header.size)) return errorCodes.corruptMessage;
  const isCounted = header.recordCount > 0 && header.lastOffsetDelta === header.recordCount - 1;
  const isPlain = (header.attributes & TRANSACTION_OR_CONTROL) === 0;
  const isSequenced = header.producerId < 0 || header.baseSequence >= 0;
  return isPlain && isCounted && isSequenced ? errorCodes.none : errorCodes.invalidRecord;
}

/** Timestamps of a wrong clock would make retention and searches by time useless (KIP-937). */
function timeFaultOf(header: BatchHeader, configs: Topic['configs']): ErrorCode {
  if (configs['message.timestamp.type'] === 'LogAppendTime' || header.maxTimestamp < 0)
    return errorCodes.none;
  const now = Date.now();
  const isTooLate = header.maxTimestamp - now > numberOf(configs, 'message.timestamp.after.max.ms');
  const isTooEarly = now - header.baseTimestamp > numberOf(configs, 'message.timestamp.before.max.ms');
  return isTooLate || isTooEarly ? errorCodes.invalidTimestamp : errorCodes.none;
}

function numberOf(configs: Topic['configs'], name: string): number {
  return Number(configs[name] ?? topicConfigDefaults[name]);
}

function refuse(error: ErrorCode): Appended {
  return { error, baseOffset: -1, startOffset: -1 };
}
