import { backoff } from './backoff.ts';

const DELAY = { first: 100, max: 3_000 };

/** Topics that Kafka did not take, each with the time when it is tried again. */
export interface TopicBackoff {
  /** Returns the milliseconds until it is tried again, whole and rounded up. What fails meanwhile waits for the same time. */
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
      const now = performance.now();
      const known = failed.get(topic);
      const isWaiting = known !== undefined && known.until > now;
      const failures = (known?.failures ?? 0) + 1;
      const until = isWaiting ? known.until : now + backoff(failures, DELAY);
      if (!isWaiting) failed.set(topic, { failures, until });
      return Math.ceil(until - now) + 1; // a timer of Node may be a millisecond early
    },
    succeed: (topic) => failed.delete(topic),
    waiting: () => [...failed].filter(([, { until }]) => until > performance.now()).map(([topic]) => topic),
  };
}
