import type { KafkaDriver } from '../kafka/driver.ts';
import type { OpenPartition } from './partition.ts';
import { partitionKey } from './start-positions.ts';

export interface WatchdogOptions {
  driver: Pick<KafkaDriver, 'topicOffsets'>;
  /** Milliseconds between two checks. */
  interval: number;
  partitions: () => Iterable<OpenPartition>;
  /** Partitions in which a new member found nothing either: they hold transaction markers, which are never delivered. */
  knownIdle: Set<string>;
  /** No message of a partition was fetched between two checks, although it had events at both. */
  stalled: (reason: Error) => void;
}

/**
 * Checks the ends of the partitions independently of fetching, which may stop without an error (tulios/kafkajs#1072, #1456),
 * and reports the end to each partition, so the lag is right even if nothing is fetched.
 */
export function createWatchdog({ driver, interval, partitions, knownIdle, stalled }: WatchdogOptions) {
  let behind = new Map<string, number>();
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = undefined));
  }, interval);

  /** While Kafka does not answer, no message can arrive: the time before that does not count. */
  async function look(): Promise<void> {
    const before = behind;
    behind = new Map();
    const watched = [...partitions()];
    const topics = new Set(watched.map((partition) => partition.status().topic));
    const ends = await readEnds(topics).catch(() => new Map<string, number>());
    for (const partition of watched) {
      const { topic, partition: number } = partition.status();
      const place = partitionKey(topic, number);
      const end = ends.get(place) ?? 0;
      partition.seeEnd(end);
      if (!partition.isIdle() || end <= partition.nextFetch()) continue;
      behind.set(place, partition.nextFetch());
      const silentPlace = `${place}@${partition.nextFetch()}`;
      if (before.get(place) !== partition.nextFetch() || knownIdle.has(silentPlace)) continue;
      knownIdle.add(silentPlace);
      stalled(new Error(`no events arrive from ${silentPlace}, although the partition ends at ${end}`));
    }
  }

  async function readEnds(topics: Set<string>): Promise<Map<string, number>> {
    const ends = new Map<string, number>();
    for (const topic of topics) {
      for (const { partition, high } of await driver.topicOffsets(topic))
        ends.set(partitionKey(topic, partition), high);
    }
    return ends;
  }

  return { stop: (): void => clearInterval(timer) };
}
