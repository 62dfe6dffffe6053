import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { backoff } from '../../async/backoff.ts';
import type { KafkaDriver } from './driver.ts';

export interface TopicProvision {
  /** Returns immediately; calls `ready` when every topic exists, however long that takes. */
  start(topics: readonly string[], ready?: () => void): void;
  stop(): Promise<void>;
  done(): boolean;
  /** Returns the reason why a topic may be missing: Kafka does not answer, or refuses to create a topic. */
  error(): string | undefined;
}

const DELAY = { first: 250, max: 5_000 };

/** Creates the topics of a service in the background, since Kafka may start after the service. */
export function createTopicProvision(
  driver: Pick<KafkaDriver, 'ensureTopics'>,
  logger: Logger,
): TopicProvision {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | undefined;
  let isDone = false;
  let reason: string | undefined;

  async function provision(topics: readonly string[], ready?: () => void): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await driver.ensureTopics(topics, signal);
        if (signal.aborted) return;
        isDone = true;
        reason = undefined;
        ready?.();
        return;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        const wait = backoff(attempt, DELAY);
        logger.warn(
          { err: error, topics },
          `cannot check or create the topics ${topics.join(', ')}: ${reason}; trying again in ${Math.round(wait)} ms`,
        );
        await sleep(wait, undefined, { signal }).catch(() => {});
      }
    }
  }

  return {
    start(topics, ready) {
      if (topics.length > 0) running ??= provision([...new Set(topics)], ready);
      else isDone = true;
    },
    async stop() {
      stopping.abort();
      // an unanswered request ends by itself, and its result is not needed
      await Promise.race([running, sleep(100, undefined, { ref: false })]);
    },
    done: () => isDone,
    error: () => reason,
  };
}
