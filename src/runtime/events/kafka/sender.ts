import { type Kafka, Partitioners, type Producer, type TopicMessages } from 'kafkajs';
import { messageBytes, type OutgoingMessage } from '../event/message.ts';
import { REQUEST_TIMEOUT, retry } from './client.ts';
import { disconnect, inTime } from './deadline.ts';
import { SendError } from './errors.ts';

const SEND_DEADLINE = 12_000;
/** All of a request may land in one partition, and a batch of one partition has the broker's `max.message.bytes`, 1 MiB. */
const REQUEST_BYTES = 900_000;

/** Sends messages to Kafka, one `send` at a time. */
export interface Sender {
  /**
   * Resolves when every in-sync replica has every message; those of one topic and key are in the order given.
   * Rejects with a `SendError` within seconds when the broker does not answer: then some may have arrived, and sending the
   * same messages again, in the same order, is the way on.
   */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Resolves within seconds, also when the broker does not answer. */
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
        // after a timeout KafkaJS keeps a dead socket (tulios/kafkajs#1783); a new producer has none
        const error = new SendError(cause, acknowledged);
        // of one message alone, which is in one partition, both know that it was refused
        const isAlone = messages.length === 1 && (error.refused === 'size' || error.refused === 'record');
        if (!isAlone) void discard();
        throw error;
      }
    },
    close: discard,
  };
}

/**
 * KafkaJS 2.2.4 must not try again: where a partition has moved to a broker that has answered already, its retry sends
 * nothing and resolves (`responsePerBroker` in its sendMessages.js), and the messages are lost. An idempotent producer insists
 * on a retry; ours needs none, since it sends again what failed and the inbox drops what came twice.
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

/** Runs of messages that fit into a request; a message that is larger goes alone, and the broker has the last word. */
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

/** Without a timestamp of ours: Kafka 4 refuses one that is ahead of its clock (KIP-1030). */
function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    const entry = topics.get(topic) ?? { topic, messages: [] };
    entry.messages.push({ key, value, headers });
    topics.set(topic, entry);
  }
  return [...topics.values()];
}
