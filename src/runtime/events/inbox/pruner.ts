import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { createPruning, type Pruning, type PruningDelays } from '../../database/pruning/schedule.ts';
import { pruneInbox } from './inbox.ts';
import type { KafkaDriver } from '../kafka/driver.ts';

export interface InboxPrunerOptions {
  database: Knex;
  driver: Pick<KafkaDriver, 'topicRetention'>;
  logger: Logger;
  /** All topics that the service consumes. */
  topics: () => readonly string[];
  /** The least time that an event is remembered, in ms. */
  retention: number;
  delays?: PruningDelays;
}

/**
 * Limits the size of the inbox: every hour, it deletes events that are older than `retention` and older than the longest
 * retention of the topics in Kafka, since an event in Kafka can be delivered again. It deletes nothing
 * while Kafka does not answer, or if one topic has no time limit. A retention that Kafka hides from this client does not count.
 */
export function createInboxPruner(options: InboxPrunerOptions): Pruning {
  const { database, driver, logger, topics, retention, delays } = options;
  const said = new Set<string>();

  /** Returns how long events must be remembered, in ms. */
  async function memory(): Promise<number> {
    let longest = retention;
    for (const topic of new Set(topics())) {
      const kept = await driver.topicRetention(topic);
      if (kept === undefined) sayUnknown(topic);
      if (kept === Infinity) sayForever(topic);
      longest = Math.max(longest, kept ?? 0);
    }
    return longest;
  }

  function sayUnknown(topic: string): void {
    if (said.has(topic)) return;
    said.add(topic);
    logger.warn(
      { topic, retention },
      `this client cannot read how long Kafka keeps ${topic}, so the inbox forgets events after ${retention} ms. Grant DescribeConfigs on the topic, or set inboxRetention to the sum of its retention.ms and segment.ms`,
    );
  }

  function sayForever(topic: string): void {
    if (said.has(topic)) return;
    said.add(topic);
    logger.info(
      { topic },
      `Kafka keeps ${topic} without a time limit, so the inbox forgets no events, also of other topics, and event_inbox grows. Give the topic cleanup.policy=delete and a retention.ms`,
    );
  }

  return createPruning({
    ...{ logger, delays, rows: 'old events of the inbox' },
    async deletion() {
      const kept = await memory();
      if (kept === Infinity) return undefined;
      return (stopped) => pruneInbox(database, new Date(Date.now() - kept), { stopped });
    },
  });
}
