import { fateOf, createRetry, type NextTry } from '../handling/retry-policy.ts';
import type { Logger } from 'pino';
import type { OffsetVerdict, RefusedEvent } from './batch.ts';
import { EventFailure, EventRunFailure, ParkingFullError } from '../handling/failure.ts';
import { failureOf } from '../handling/run-handler.ts';
import type { ConsumerMetrics } from '../handling/metrics.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import type { IncomingMessage } from '../event/message.ts';
import type { Verdict } from '../parking/park.ts';

/** The reason for which a partition waits, and the number of attempts. */
export interface Retrying {
  attempts: number;
  error: string;
}

/** The failures of one partition, and their consequences for the next batch. */
export interface Recovery {
  /** Returns the delay before a batch that starts with `head`, in ms; it is positive only once. */
  waitAt(head: IncomingMessage): number;
  /** Returns the leading messages that the next batch may have, so a message that is known to fail does not affect others. */
  cut(messages: IncomingMessage[]): IncomingMessage[];
  /** Returns the event that the next batch must park. */
  verdict(): OffsetVerdict | undefined;
  /** The group is at `position`, and this many events of the batch were parked. */
  passed(position: number, parked: number): void;
  /** Events were parked without an attempt, since no handler can get them. */
  refused(events: readonly RefusedEvent[]): void;
  /** The batch of `messages` was rolled back; returns the delay before the next one, in ms. */
  failed(error: Error, messages: IncomingMessage[]): number;
  /** Undefined if the partition does not wait. */
  retrying(): Retrying | undefined;
}

export interface RecoveryOptions {
  topic: string;
  settings: ConsumerSettings;
  logger: Logger;
  metrics: Pick<ConsumerMetrics, 'failed' | 'parked' | 'deadLetter'>;
  /** An event was parked. */
  parked: () => void;
}

/** The event that failed last, which is waited for or parked. */
interface Hurdle {
  offset: number;
  wait: number;
  failure?: EventFailure;
  verdict?: OffsetVerdict;
}

const AFTER_A_FAILURE = 16;

export function createRecovery({ topic, settings, logger, metrics, parked }: RecoveryOptions): Recovery {
  const retry = createRetry(settings);
  let blocking: Hurdle | undefined;
  let oneByOne = 0;
  /** The largest batch: small after a failure, since more may follow and rolled-back work is wasted. */
  let most = Infinity;
  let retrying: Retrying | undefined;

  /** If a batch with one event fails at COMMIT, its event has failed. */
  function blame(error: Error, messages: IncomingMessage[]): Error {
    const [only] = messages;
    const blameless = error instanceof EventFailure || error instanceof ParkingFullError;
    return messages.length === 1 && only && !blameless && !blocking?.verdict ? failureOf(only, error) : error;
  }

  function act(next: NextTry, error: Error): number {
    const err = error.cause ?? error;
    switch (next.how) {
      case 'after the outage':
        if (next.outages % 10 === 1) {
          logger.warn(
            { err },
            `${error.message}; a system that its handler needs does not answer, so the partition waits`,
          );
        }
        // messages before the event do not wait, and the position is then at the event
        if (!(error instanceof EventFailure) || blocking?.verdict) return next.wait;
        blocking = { offset: error.offset, wait: next.wait };
        return 0;
      case 'in place':
        blocking = { offset: next.offset, wait: next.wait };
        logger.warn(
          { err, attempts: next.attempts },
          `${error.message}; try ${next.attempts} failed; the next try is in ${next.wait} ms, and later events of the partition wait`,
        );
        return 0;
      case 'park':
        blocking = { offset: next.offset, wait: 0, verdict: { ...next.verdict, offset: next.offset } };
        if (error instanceof EventFailure) blocking.failure = error;
        return 0;
      case 'hold':
        logger.error(
          { err, attempts: next.attempts },
          `${error.message}; the partition waits and retries in ${Math.round(next.wait)} ms`,
        );
        // messages before an event that cannot be parked do not wait
        if (blocking?.verdict) blocking = { offset: blocking.offset, wait: next.wait };
        return blocking ? 0 : next.wait;
      default:
        return 0;
    }
  }

  function reportRun(failure: EventRunFailure): void {
    metrics.failed(topic);
    logger.warn({ err: failure.cause }, `${failure.message}; each of them is handled alone now`);
  }

  function reportParked(failure: EventFailure, verdict: Verdict): void {
    const { reason, attempts, nextTryIn } = verdict;
    metrics.parked(topic, reason);
    if (nextTryIn === undefined) metrics.deadLetter(topic, reason);
    logger.error({ err: failure.cause, reason, attempts }, `${failure.message}; ${fateOf(verdict)}`);
    parked();
  }

  return {
    waitAt(head) {
      if (!blocking || Number(head.offset) < blocking.offset) return 0;
      const { wait } = blocking;
      blocking.wait = 0;
      return wait;
    },
    cut(messages) {
      const some = messages.slice(0, oneByOne > 0 ? 1 : most);
      if (!blocking) return some;
      const { offset, verdict } = blocking;
      const before = some.filter((message) => Number(message.offset) < offset + (verdict ? 1 : 0));
      return before.length > 0 ? before : some.slice(0, 1);
    },
    verdict: () => blocking?.verdict,
    passed(position, parkedEvents) {
      retry.passed(position);
      oneByOne = Math.max(0, oneByOne - 1);
      most *= 2;
      if (!blocking || position > blocking.offset) {
        if (parkedEvents > 0 && blocking?.verdict && blocking.failure)
          reportParked(blocking.failure, blocking.verdict);
        blocking = retrying = undefined;
      }
    },
    refused(events) {
      for (const { failure, verdict } of events) {
        metrics.failed(topic);
        reportParked(failure, verdict);
      }
    },
    failed(error, messages) {
      const blamed = blame(error, messages);
      const next = retry.next(blamed, messages.length);
      if (next.how === 'one by one') oneByOne = messages.length;
      if (next.how === 'one by one' && error instanceof EventRunFailure) reportRun(error);
      if (next.how === 'in place' || next.how === 'park') most = AFTER_A_FAILURE;
      if (next.how === 'in place' || next.how === 'park' || next.how === 'hold') metrics.failed(topic);
      if ('wait' in next) {
        const attempts = 'attempts' in next ? next.attempts : next.outages;
        retrying = { attempts, error: blamed.message };
      }
      return act(next, blamed);
    },
    retrying: () => retrying,
  };
}
