import { type Kafka, Partitioners, type Producer, type TopicMessages } from 'kafkajs';
import { messageBytes, type OutgoingMessage } from '../event/message.ts';
import { REQUEST_TIMEOUT, retry } from './client.ts';
import { disconnect, inTime } from './deadline.ts';
import { SendError } from './errors.ts';

const SEND_DEADLINE = 12_000;
/**
 * All messages of a request may belong to one partition, and a batch of one partition is limited to the broker's
 * `max.message.bytes`, 1 MiB.
 */
const REQUEST_BYTES = 900_000;

/** Sends messages to Kafka, one `send` at a time. */
export interface Sender {
  /**
   * Resolves when every in-sync replica has every message; messages of one topic and key keep their order. Rejects with a
   * `SendError` within seconds if the broker does not answer: some messages may have arrived, and the caller must send the
   * same messages again, in the same order.
   */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Resolves within seconds, even if the broker does not answer. */
  close(): Promise<void>;
}

export function createSender(newClient: () => Kafka): Sender {
  let connecting: Promise<Producer> | undefined;

  async function discard(): Promise<void> {
    const discarded = connecting;
    connecting = undefined;
    await discarded?.then(disconnect, () => undefined);
  }

  async function sendRequest(messages: readonly OutgoingMessage[]): Promise<void> {
    const producer = await (connecting ??= connectProducer(newClient()));
    await producer.sendBatch({ acks: -1, timeout: REQUEST_TIMEOUT, topicMessages: byTopic(messages) });
  }

  return {
    async send(messages) {
      let acknowledged = 0;
      try {
        for (const request of splitBySize(messages)) {
          await inTime(sendRequest(request), SEND_DEADLINE, 'Kafka did not acknowledge');
          acknowledged += request.length;
        }
      } catch (cause) {
        // after a timeout, KafkaJS keeps a dead socket (tulios/kafkajs#1783); a new producer has none
        const error = new SendError(cause, acknowledged);
        // only for a single message, which is in one partition, do both mean that it was refused
        const isAlone = messages.length === 1 && (error.refused === 'size' || error.refused === 'record');
        if (!isAlone) void discard();
        throw error;
      }
    },
    close: discard,
  };
}

/**
 * KafkaJS 2.2.4 must not retry: if a partition has moved to a broker that has already answered, the retry sends nothing and
 * resolves (`responsePerBroker` in its sendMessages.js), and the messages are lost. An idempotent producer requires retries;
 * ours is not idempotent, since it sends failed messages again and the inbox drops duplicates.
 */
async function connectProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: false,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { ...retry, retries: 0 },
  });
  try {
    await producer.connect();
  } catch (error) {
    void disconnect(producer);
    throw error;
  }
  return producer;
}

/** Splits messages into requests by size. A message that is too large is sent alone, and the broker decides. */
function* splitBySize(messages: readonly OutgoingMessage[]): Generator<OutgoingMessage[]> {
  let request: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = messageBytes(message);
    if (bytes + size > REQUEST_BYTES && request.length > 0) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(message);
    bytes += size;
  }
  if (request.length > 0) yield request;
}

/** Without a timestamp: Kafka 4 refuses one that is ahead of its clock (KIP-1030). */
function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    const entry = topics.get(topic) ?? { topic, messages: [] };
    entry.messages.push({ key, value, headers });
    topics.set(topic, entry);
  }
  return [...topics.values()];
}
