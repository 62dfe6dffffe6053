import type { ConsumerOptions } from './options.ts';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../../async/backoff.ts';
import { toError } from '../../errors.ts';
import { createPartitions, type Partitions } from './partitions.ts';
import type { PartitionStatus } from './partition-status.ts';

export interface ConsumerStatus {
  group: string;
  state: 'joining' | 'running' | 'rebuilding' | 'stopped';
  topics: string[];
  partitions: PartitionStatus[];
  /** Why the group does not consume: the last member was lost, or the start of the group cannot be recorded. */
  error?: string;
}

/** One member of a consumer group, made anew whenever it is lost. */
export interface Consumer {
  /** Returns at once; joins in the background, for as long as it takes. */
  start(): void;
  /** Resolves when what was being handled is committed and the group is left, or a little after `stopTimeout`. */
  stop(): Promise<void>;
  status(): ConsumerStatus;
  /** False when member after member is lost although Kafka answers: then a new process may help, and we cannot. */
  healthy(): boolean;
}

const HELPLESS = 10;

export function createConsumer(options: ConsumerOptions): Consumer {
  const { groupId, handlers, settings, metrics } = options;
  const logger = options.logger.child({ group: groupId });
  const topics = handlers.topics();
  const stopping = new AbortController();
  const stopped = once(stopping.signal, 'abort').then(() => false);
  let state: ConsumerStatus['state'] = 'stopped';
  let error: string | undefined;
  let partitions: Partitions | undefined;
  let running: Promise<void> | undefined;
  const knownIdle = new Set<string>();
  let replaces: string | undefined;
  let helpless = 0;
  let joined = Infinity;
  let endLife: ((reason: Error) => void) | undefined;

  /** A life that lasted as long as silence may was a good one: the next failure waits briefly again. */
  const isGood = (since: number): boolean => Date.now() - since > settings.silenceTimeout;

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const born = Date.now();
      const reason = await live();
      if (stopping.signal.aborted) return;
      failures = isGood(born) ? 1 : failures + 1;
      helpless = failures > 1 && (await kafkaAnswers()) ? helpless + 1 : 0;
      const wait = backoff(failures, settings.outageDelay);
      rebuild(reason, Math.round(wait));
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  function rebuild(reason: Error, wait: number): void {
    state = 'rebuilding';
    joined = Infinity;
    error = reason.message;
    metrics.rebuilt();
    logger.warn(
      { err: reason },
      `group ${groupId} is not consuming: ${reason.message}; joining again in ${wait} ms`,
    );
  }

  /** Its failure is the reason why the group is still joining. */
  async function begin(): Promise<void> {
    try {
      await options.begin();
      error = undefined;
    } catch (failure) {
      error = toError(failure).message;
      throw failure;
    }
  }

  /** Lives as one member of the group; resolves to why it ended. */
  async function live(): Promise<Error> {
    let life: Partitions | undefined;
    const reason = await new Promise<Error>((lost) => {
      endLife = lost;
      life = partitions = createPartitions({
        ...{ ...options, begin },
        knownIdle,
        replaces,
        logger,
        lost,
        joined() {
          state = 'running';
          joined = Math.min(joined, Date.now());
        },
      });
      life.join().catch(lost);
    });
    await life?.close();
    replaces = life?.memberId() ?? replaces;
    return reason;
  }

  /** False, too, when the consumer is told to stop before Kafka answers, which may take it many seconds. */
  async function kafkaAnswers(): Promise<boolean> {
    const answers = Promise.all(topics.map((topic) => options.driver.topicOffsets(topic))).then(
      () => true,
      () => false,
    );
    return Promise.race([answers, stopped]);
  }

  return {
    start() {
      state = 'joining';
      running ??= run();
    },
    async stop() {
      stopping.abort();
      endLife?.(new Error('stopped'));
      await running;
      state = 'stopped';
    },
    healthy: () => helpless < HELPLESS || isGood(joined),
    status: () => ({
      group: groupId,
      state,
      topics,
      partitions: partitions?.status() ?? [],
      ...(error && state !== 'running' && { error }),
    }),
  };
}
