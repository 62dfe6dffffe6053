import type { Logger } from 'pino';
import type { OutgoingMessage } from './message.ts';

/** Sends messages to Kafka, one `send` at a time. */
export interface Sender {
  /**
   * Resolves when every in-sync replica has every message; those of one topic and key are in the order given.
   * Rejects within seconds when the broker does not answer: then any prefix may have arrived, and sending the same messages
   * again, in the same order, is the way on.
   */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** All that the runtime asks of Kafka; this file alone knows the client library. */
export interface KafkaDriver {
  /** Creates the topics that are missing, with the configured partitions and replicas; never changes one that is there. */
  ensureTopics(topics: readonly string[]): Promise<void>;
  createSender(): Sender;
  /** The offset after the last message of every partition. */
  endOffsets(topic: string): Promise<Map<number, bigint>>;
  close(): Promise<void>;
}

export interface DriverOptions {
  clientId: string;
  logger: Logger;
}
