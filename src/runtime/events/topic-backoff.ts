import { backoff } from './backoff.ts';

const DELAY = { first: 100, max: 3_000 };

/** Topics that Kafka did not take, each with the time when it is tried again. */
export interface TopicBackoff {
  /** Returns the milliseconds until it is tried again. */
  fail(topic: string): number;
  /** Returns whether the topic had failed before. */
  succeed(topic: string): boolean;
  /** Topics that are not to be tried now. */
  waiting(): string[];
}

export function createTopicBackoff(): TopicBackoff {
  const failed = new Map<string, { failures: number; until: number }>();
  return {
    fail(topic) {
      const failures = (failed.get(topic)?.failures ?? 0) + 1;
      const delay = backoff(failures, DELAY);
      failed.set(topic, { failures, until: performance.now() + delay });
      return delay;
    },
    succeed: (topic) => failed.delete(topic),
    waiting: () => [...failed].filter(([, { until }]) => until > performance.now()).map(([topic]) => topic),
  };
}
