import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { pruneInbox } from './inbox.ts';
import type { KafkaDriver } from '../kafka/driver.ts';

const MINUTE = 60 * 1_000;
const HOUR = 60 * MINUTE;

export interface InboxPrunerOptions {
  database: Knex;
  driver: Pick<KafkaDriver, 'topicRetention'>;
  logger: Logger;
  /** All topics that the service consumes. */
  topics: () => readonly string[];
  /** The least time that an event is remembered, in ms. */
  retention: number;
  /** The delays in ms: before the first run, between runs, and after a failed run. */
  delays?: { first: number; next: number; failed: number };
}

/**
 * Limits the size of the inbox: every hour, it deletes events that are older than `retention` and older than the longest
 * retention of the topics in Kafka, since an event in Kafka can be delivered again. It deletes nothing
 * while Kafka does not answer, or if one topic has no time limit. A retention that Kafka hides from this client does not count.
 */
export function createInboxPruner(options: InboxPrunerOptions) {
  const { database, driver, logger, topics, retention } = options;
  // replicas that start together must not prune together
  const delays = options.delays ?? { first: Math.random() * 0.1 * HOUR, next: HOUR, failed: MINUTE };
  const said = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let deleting: Promise<number> | undefined;

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

  async function prune(): Promise<void> {
    const kept = await memory();
    if (kept === Infinity || stopped) return;
    const before = new Date(Date.now() - kept);
    deleting = pruneInbox(database, before, { stopped: () => stopped });
    const deleted = await deleting;
    if (deleted > 0) logger.info({ deleted, before }, 'deleted old events from the inbox');
  }

  async function pruneAndPlan(): Promise<void> {
    let next = delays.next;
    try {
      await prune();
    } catch (error) {
      next = delays.failed;
      logger.warn({ err: error }, `old events of the inbox could not be deleted; trying again in ${next} ms`);
    }
    if (!stopped) plan(next);
  }

  function plan(delay: number): void {
    timer = setTimeout(() => void pruneAndPlan(), delay).unref();
  }

  return {
    start: (): void => plan(delays.first),
    /** Resolves when no statement of the pruner is running. */
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await deleting?.catch(() => undefined);
    },
  };
}
