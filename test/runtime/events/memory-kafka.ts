import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import { type Refusal, SendError, TopicError } from '../../../src/runtime/events/kafka/errors.ts';
import type { OutgoingMessage } from '../../../src/runtime/events/event/message.ts';

/**
 * An in-memory Kafka for a relay: it acknowledges after a delay, and a failed request may have arrived completely, partly or
 * not at all.
 */
export interface MemoryKafka {
  driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>;
  /** All that has arrived, in order. */
  messages: OutgoingMessage[];
  /** Called for each request; a returned error is passed to the sender, after `arrived` messages were stored. */
  fault: (messages: readonly OutgoingMessage[]) => { error: Error; arrived: number } | undefined;
  /** Topics that it does not create. */
  forbidden: Set<string>;
  /** Requests that wait for their acknowledgement. */
  inFlight: number;
  latency: () => number;
}

export function createMemoryKafka(): MemoryKafka {
  const kafka: MemoryKafka = {
    messages: [],
    fault: () => undefined,
    forbidden: new Set(),
    inFlight: 0,
    latency: () => 1,
    driver: {
      ensureTopics,
      createSender: () => ({ send, close: async () => {} }),
    },
  };

  async function ensureTopics(topics: readonly string[]): Promise<void> {
    const forbidden = topics.find((topic) => kafka.forbidden.has(topic));
    if (forbidden)
      throw Object.assign(new TopicError(`${forbidden} is forbidden`, undefined), { refused: 'other' });
  }

  async function send(messages: readonly OutgoingMessage[]): Promise<void> {
    kafka.inFlight += 1;
    try {
      await sleep(kafka.latency(), undefined, { ref: false });
      const fault = kafka.fault(messages);
      kafka.messages.push(...messages.slice(0, fault?.arrived));
      await sleep(kafka.latency(), undefined, { ref: false });
      if (fault) throw fault.error;
    } finally {
      kafka.inFlight -= 1;
    }
  }

  return kafka;
}

/** The driver's error if Kafka does not answer. */
export const unreachable = (): Error => new SendError(new Error('connect ECONNREFUSED 127.0.0.1:9092'));

/** The driver's error if Kafka refuses. */
export function refusal(reason: string, refused: Refusal): Error {
  return Object.assign(new SendError(new Error(reason)), { refused });
}
