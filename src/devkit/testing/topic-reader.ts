import { type KafkaDriver, type ReceivedEvent, decodeEvent } from 'microservice-runtime';
import { randomUUID } from 'node:crypto';
import { waitFor } from './wait-for.ts';

/** Collects the events of one topic. */
export interface TopicReader {
  /** Returns all events that the broker had when this was called, in order per partition. */
  read: () => Promise<ReceivedEvent[]>;
  close: () => Promise<void>;
}

/** Joins a group of its own, so it takes no events from the service under test. */
export async function createTopicReader(driver: KafkaDriver, topic: string): Promise<TopicReader> {
  await driver.ensureTopics([topic]);
  const events: ReceivedEvent[] = [];
  const positions = new Map<number, number>();
  let failure: Error | undefined;
  const options = { groupId: `test-${randomUUID()}`, topics: [topic], sessionTimeout: 30_000 };
  const member = driver.createMember(options, {
    assigned: (partitions) => {
      for (const at of partitions) {
        positions.set(at.partition, positions.get(at.partition) ?? 0);
        member.fetchFrom(at, positions.get(at.partition) ?? 0);
      }
    },
    fetched: ({ partition, messages, end }) => {
      const fresh = messages.filter(({ offset }) => Number(offset) >= (positions.get(partition) ?? 0));
      events.push(...fresh.map(decodeEvent));
      positions.set(
        partition,
        Math.max(Number(messages.at(-1)?.offset ?? end - 1) + 1, positions.get(partition) ?? 0),
      );
    },
    lost: (error) => (failure = error),
  });
  await member.join();

  async function read(): Promise<ReceivedEvent[]> {
    const ends = await driver.topicOffsets(topic);
    await waitFor(
      () => {
        if (failure) return true;
        return ends.every(
          ({ partition, low, high }) => low === high || (positions.get(partition) ?? 0) >= high,
        );
      },
      { timeout: 15_000, message: `the events of ${topic} up to ${JSON.stringify(ends)}` },
    );
    if (failure) throw failure;
    return [...events];
  }

  return { read, close: () => member.leave() };
}
