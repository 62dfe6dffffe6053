import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import { type Refusal, SendError, TopicError } from '../../../src/runtime/events/kafka/errors.ts';
import type { OutgoingMessage } from '../../../src/runtime/events/event/message.ts';

/**
 * Kafka as a relay sees it, in memory: it acknowledges after a while, and what fails may have arrived or not, in part too.
 */
export interface MemoryKafka {
  driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>;
  /** All that has arrived, in order. */
  messages: OutgoingMessage[];
  /** Asked for each request; an error that it returns is what the sender gets, after `arrived` messages got through. */
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

/** What the driver throws when nobody answers. */
export const unreachable = (): Error => new SendError(new Error('connect ECONNREFUSED 127.0.0.1:9092'));

/** What the driver throws when Kafka says no. */
export function refusal(reason: string, refused: Refusal): Error {
  return Object.assign(new SendError(new Error(reason)), { refused });
}
