import {
  type KafkaDriver,
  type NewEvent,
  type ReceivedEvent,
  encodeEvent,
  newTraceparent,
  serializeData,
} from 'microservice-runtime';
import { randomUUID } from 'node:crypto';
import { type TopicReader, createTopicReader } from './topic-reader.ts';
import { waitFor } from './wait-for.ts';

export interface PublishOptions {
  /** The service that publishes the event; default `test`. */
  source?: string;
  /** The id of the event; repeat it to simulate a redelivery. */
  id?: string;
}

/** Selects an event of a topic. */
export interface EventFilter {
  type: string;
  /** The id of the aggregate. */
  subject: string;
  /** Default: the first version in the topic. */
  version?: number | undefined;
}

/** Simulates the events of other services. */
export interface TestEvents {
  /** Publishes an event like another service, and resolves to its id when the broker has the event. */
  publish: <T>(event: NewEvent<T>, options?: PublishOptions) => Promise<string>;
  /** Returns all events of a topic so far, in order per key. */
  published: (topic: string) => Promise<ReceivedEvent[]>;
  /** Resolves to the first event of the topic that matches the filter. Rejects if there is none within 20 seconds. */
  waitForEvent: (topic: string, filter: EventFilter) => Promise<ReceivedEvent>;
  close: () => Promise<void>;
}

const matches = (event: ReceivedEvent, { type, subject, version = event.version }: EventFilter): boolean =>
  event.type === type && event.subject === subject && event.version === version;

export function createTestEvents(driver: KafkaDriver): TestEvents {
  const sender = driver.createSender();
  const readers = new Map<string, Promise<TopicReader>>();

  async function publish<T>(event: NewEvent<T>, options: PublishOptions = {}): Promise<string> {
    const { source = 'test', id = randomUUID() } = options;
    const { type, version, topic, aggregate } = event.definition;
    const data = serializeData(event.definition, event.data);
    const trace = { correlationId: id, traceparent: newTraceparent() };
    const time = new Date().toISOString();
    await driver.ensureTopics([topic]);
    const subject = event.aggregateId;
    await sender.send([
      encodeEvent({ id, type, version, source, subject, aggregate, time, data, topic, ...trace }),
    ]);
    return id;
  }

  async function published(topic: string): Promise<ReceivedEvent[]> {
    const reader = readers.get(topic) ?? createTopicReader(driver, topic);
    readers.set(topic, reader);
    return (await reader).read();
  }

  const waitForEvent = (topic: string, filter: EventFilter): Promise<ReceivedEvent> =>
    waitFor(async () => (await published(topic)).find((event) => matches(event, filter)), {
      message: `${filter.type} of ${filter.subject} in ${topic}`,
    });

  async function close(): Promise<void> {
    const open = await Promise.allSettled(readers.values());
    await Promise.all(
      open.flatMap((reader) => (reader.status === 'fulfilled' ? [reader.value.close()] : [])),
    );
    await sender.close();
    await driver.close();
  }

  return { publish, published, waitForEvent, close };
}
