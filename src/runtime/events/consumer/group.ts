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
  /** The reason why the group does not consume: the last member was lost, or the start of the group cannot be recorded. */
  error?: string;
}

/** One member of a consumer group, which is replaced whenever it is lost. */
export interface Consumer {
  /** Returns immediately; joins in the background, however long that takes. */
  start(): void;
  /** Resolves when the running batch is committed and the member has left the group, or a little after `stopTimeout`. */
  stop(): Promise<void>;
  status(): ConsumerStatus;
  /** False if one member after another is lost although Kafka answers: restarting the process may help. */
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
  let notBegun: string | undefined;
  let partitions: Partitions | undefined;
  let running: Promise<void> | undefined;
  const knownIdle = new Set<string>();
  let replaces: string | undefined;
  let helpless = 0;
  let joined = Infinity;
  let endLife: ((reason: Error) => void) | undefined;

  /** A membership that outlasted the silence timeout was good: after it, the next failure waits only briefly. */
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

  /** A failure is the reason why the group is still joining. A success does not explain why the last membership ended. */
  async function begin(): Promise<void> {
    try {
      await options.begin();
      notBegun = undefined;
    } catch (failure) {
      notBegun = toError(failure).message;
      throw failure;
    }
  }

  /** Runs one membership of the group; resolves to the reason for its end. */
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

  /** Also false if the consumer is stopped before Kafka answers, which may take many seconds. */
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
    status() {
      const reason = state === 'running' ? undefined : (notBegun ?? error);
      return {
        group: groupId,
        state,
        topics,
        partitions: partitions?.status() ?? [],
        ...(reason && { error: reason }),
      };
    },
  };
}
