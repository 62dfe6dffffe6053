import { backoff } from '../../async/backoff.ts';

const DELAY = { first: 100, max: 3_000 };

/** Events that must not be sent now: those of a topic in one lane, or in all lanes. */
export interface PausedTopic {
  topic: string;
  lane?: number;
}

/** The topics that Kafka did not accept, each with the time of its next attempt. */
export interface TopicBackoff {
  /** Returns the delay before the next attempt in ms, rounded up. Further failures wait for the same time. */
  fail(what: PausedTopic): number;
  /** A lane of the topic was accepted; returns whether this was the topic's last failed one. */
  succeed(topic: string, lane: number): boolean;
  waiting(): PausedTopic[];
}

interface Failed extends PausedTopic {
  failures: number;
  until: number;
}

export function createTopicBackoff(): TopicBackoff {
  const failed = new Map<string, Failed>();
  const pauseName = ({ topic, lane }: PausedTopic): string => `${lane ?? 'all'} ${topic}`;
  return {
    fail({ topic, lane }) {
      const name = pauseName({ topic, lane });
      const now = performance.now();
      const known = failed.get(name);
      const isWaiting = known !== undefined && known.until > now;
      const failures = (known?.failures ?? 0) + 1;
      const until = isWaiting ? known.until : now + backoff(failures, DELAY);
      if (!isWaiting) failed.set(name, { topic, lane, failures, until });
      return Math.ceil(until - now) + 1; // a Node timer may fire a millisecond early
    },
    succeed(topic, lane) {
      if (failed.size === 0) return false;
      const hadFailed = failed.delete(pauseName({ topic, lane })) || failed.has(pauseName({ topic }));
      failed.delete(pauseName({ topic }));
      return hadFailed && ![...failed.values()].some((each) => each.topic === topic);
    },
    waiting() {
      if (failed.size === 0) return [];
      const now = performance.now();
      return [...failed.values()]
        .filter(({ until }) => until > now)
        .map(({ topic, lane }) => ({ topic, lane }));
    },
  };
}
