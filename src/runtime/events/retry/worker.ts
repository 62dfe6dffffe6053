import type { Logger } from 'pino';
import { isConflict } from '../../database/error-kind.ts';
import { backoff } from '../../async/backoff.ts';
import { reportHandled, type ConsumerMetrics } from '../handling/metrics.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import { fateOf } from '../handling/retry-policy.ts';
import { tryKey, type Attempt, type AttemptOptions } from './attempt.ts';
import { lookAtParked, type ParkedCounts } from '../parking/queue.ts';
import type { Semaphore } from '../../async/semaphore.ts';

/** Retries the parked events of one group when they are due, in every replica. */
export interface ParkedRunner {
  start(): void;
  /** An event was parked: checks when it is due. */
  wake: () => void;
  /** Resolves when the running attempts are committed. */
  stop(): Promise<void>;
  /** Returns the number of waiting keys at the last check. */
  counts(): Pick<ParkedCounts, 'parked' | 'dead'>;
}

export interface ParkedRunnerOptions extends AttemptOptions {
  settings: ConsumerSettings;
  logger: Logger;
  metrics: Pick<ConsumerMetrics, 'handled' | 'delay' | 'handling' | 'failed' | 'deadLetter'>;
  /** Called before each check for due keys; resolves to false if no key may be retried yet. */
  beforeLook?: () => Promise<boolean>;
  /** Shared by all groups of the process, separate from the slots of live events. */
  slots: Semaphore;
}

/** More than one, so a handler that hangs does not block the other keys. */
const WORKERS = 2;
/** A due key that cannot be locked belongs to another replica. */
const TAKEN = 250;
/** Keys that are due within this time of each other share one check. */
const TOGETHER = 50;
/** A handler that takes longer must not block appends. */
const SLOW = 0.1;

export function createParkedRunner(options: ParkedRunnerOptions): ParkedRunner {
  const { database, groupId, settings, logger, metrics, slots } = options;
  const workers = new Set<Promise<void>>();
  let counts: ParkedCounts = { parked: 0, dead: 0, due: 0, dueIn: null };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failures = 0;
  /** The number of keys to try before the next check. */
  let due = 0;
  /** Whether another replica had a due key at the last try. */
  let taken = false;

  function work(): void {
    if (stopped) return;
    for (let more = Math.min(due, WORKERS) - workers.size; more > 0; more -= 1) {
      const worker = drain().finally(() => {
        workers.delete(worker);
        if (workers.size === 0) void plan();
      });
      workers.add(worker);
    }
  }

  const isAnyDue = (): boolean => due > 0;

  async function drain(): Promise<void> {
    while (isAnyDue() && (await slots(tryOne)));
  }

  /** Resolves to false if no key is due, or none can be handled now. */
  async function tryOne(): Promise<boolean> {
    if (stopped || due === 0) return false;
    due -= 1;
    try {
      const attempt = await tryKey(options);
      if (attempt) report(attempt);
      else taken = true;
      if (attempt?.emptied && !attempt.finished) await finish(attempt);
      failures = 0;
      return attempt !== undefined;
    } catch (error) {
      if (isConflict(error)) return true;
      failures += 1;
      if (failures === 1)
        logger.warn({ err: error }, 'cannot retry parked events; trying again until a retry succeeds');
      return false;
    }
  }

  /** If events are appended as fast as they are handled, the last ones are handled while appends are blocked. */
  async function finish({ key, handled }: Attempt): Promise<void> {
    const slow = handled.some(({ seconds }) => seconds > SLOW);
    const attempt = await tryKey(options, { key, whole: true, ...(slow && { limit: 0 }) });
    if (attempt) report(attempt);
  }

  function report({ key: { topic, key }, handled, failure, verdict, finished }: Attempt): void {
    reportHandled(handled, topic, metrics);
    if (finished) logger.info({ topic, key }, `the parked events of key ${key} in ${topic} are handled`);
    if (!failure) return;
    if (verdict) metrics.failed(topic);
    if (verdict && verdict.nextTryIn === undefined) metrics.deadLetter(topic, verdict.reason);
    const fate = verdict
      ? fateOf(verdict)
      : 'a system that its handler needs does not answer, so the event stays parked';
    logger[verdict ? 'error' : 'warn']({ err: failure.cause, topic, key }, `${failure.message}; ${fate}`);
  }

  async function plan(): Promise<void> {
    let wait = settings.parkedPoll;
    try {
      const isTime = (await options.beforeLook?.()) ?? true;
      if (isTime) counts = await lookAtParked(database, groupId, options.handlers.topics());
      const { dueIn } = counts;
      due = isTime ? counts.due : 0;
      if (due > 0) wait = taken ? TAKEN : 0;
      else if (isTime && dueIn !== null) wait = Math.min(wait, Math.max(dueIn, TOGETHER));
    } catch {
      due = 0;
      failures += 1;
    }
    if (failures > 0) wait = backoff(failures, settings.outageDelay);
    taken = false;
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(due > 0 ? work : plan, wait).unref();
  }

  return {
    start() {
      void plan();
    },
    wake() {
      if (workers.size === 0 && !stopped) void plan();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await Promise.all(workers);
    },
    counts: () => ({ parked: counts.parked, dead: counts.dead }),
  };
}
