import { backoff } from '../../async/backoff.ts';
import { EventFailure, EventRunFailure, kindOf } from './failure.ts';
import type { ConsumerSettings } from './settings.ts';
import type { Verdict } from '../parking/park.ts';

/** The next step after a batch was rolled back. */
export type NextTry =
  | { how: 'at once' }
  /** Retry each event of the batch in its own transaction, since it is unknown which one fails. */
  | { how: 'one by one' }
  /** A dependency does not answer: retry the whole batch later. */
  | { how: 'after the outage'; wait: number; outages: number }
  /** Handle the events before it now, then retry the event; later events wait. */
  | { how: 'in place'; offset: number; wait: number; attempts: number }
  /** The event moves to event_parked. */
  | { how: 'park'; offset: number; verdict: Verdict }
  /** Neither handling nor parking is possible: retry the batch later; later events wait. */
  | { how: 'hold'; wait: number; attempts: number };

/** Decides how a failure is retried, and counts the attempts. */
export interface Retry {
  next(error: unknown, batchSize: number): NextTry;
  /** The group is now at `position`. */
  passed(position: number): void;
}

type Settings = Pick<
  ConsumerSettings,
  'inPlaceDelays' | 'inPlaceTime' | 'parkDelay' | 'parkedTries' | 'retryDelay' | 'outageDelay'
>;

/** How often in a row a transaction is repeated at once after a conflict. */
export const CONFLICTS = 10;

/** @param now milliseconds of a monotonic clock */
export function createRetry(settings: Settings, now: () => number = () => performance.now()): Retry {
  const budget = createBudget(settings.inPlaceTime, now);
  const attempts = new Map<number, number>();
  let conflicts = 0;
  let outages = 0;
  let holds = 0;

  function judge(failure: EventFailure): NextTry {
    const { offset, kind, took } = failure;
    const tries = (attempts.get(offset) ?? 0) + 1;
    attempts.set(offset, tries);
    const wait = kind === 'failure' || kind === 'conflict' ? settings.inPlaceDelays[tries - 1] : undefined;
    if (wait !== undefined && tries < settings.parkedTries && budget.take(took, wait)) {
      return { how: 'in place', offset, wait, attempts: tries };
    }
    return { how: 'park', offset, verdict: verdictOn(failure, tries, settings) };
  }

  return {
    next(error, batchSize) {
      const isJudged = error instanceof EventFailure || error instanceof EventRunFailure;
      const kind = isJudged ? error.kind : kindOf(error);
      if (kind === 'conflict' && conflicts < CONFLICTS) {
        conflicts += 1;
        return { how: 'at once' };
      }
      if (kind === 'unreachable') {
        outages += 1;
        return { how: 'after the outage', wait: backoff(outages, settings.outageDelay), outages };
      }
      if (error instanceof EventFailure) return judge(error);
      if (batchSize > 1) return { how: 'one by one' };
      holds += 1;
      attempts.clear(); // this failure is not the event's
      return { how: 'hold', wait: backoff(holds, settings.retryDelay), attempts: holds };
    },
    passed(position) {
      conflicts = 0;
      outages = 0;
      holds = 0;
      for (const offset of attempts.keys()) {
        if (offset >= position) continue;
        attempts.delete(offset);
        budget.settle();
      }
    },
  };
}

/** Decides how an event that has failed `attempts` times is parked: for a retry, or as a dead letter. */
export function verdictOn(
  { kind, cause, message }: EventFailure,
  attempts: number,
  { parkDelay, parkedTries }: Pick<Settings, 'parkDelay' | 'parkedTries'>,
): Verdict {
  // an outage is never judged, and an endless conflict is a failure like any other
  const reason = kind === 'conflict' || kind === 'unreachable' ? 'failure' : kind;
  const dead = reason === 'unreadable' || reason === 'too large' || attempts >= parkedTries;
  const error = cause instanceof Error ? `${cause.name}: ${cause.message}` : message;
  return { reason, error, attempts, nextTryIn: dead ? undefined : backoff(attempts, parkDelay) };
}

/** Describes for the log whether a parked event is retried or a dead letter. */
export function fateOf({ reason, attempts, nextTryIn }: Verdict): string {
  const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
  const behind = 'later events of its key queue behind it';
  if (nextTryIn !== undefined) {
    return `the event is parked (${reason}, ${tries}) and is retried in ${Math.round(nextTryIn)} ms; ${behind}`;
  }
  return `the event is a dead letter (${reason}, ${tries}), and ${behind} until someone redrives or drops it: npx microservice-runtime dead-letters list`;
}

const PERIOD = 5_000;

/**
 * Limits the time that one partition waits for failing events, however many there are, so other events are handled soon:
 * `limit` milliseconds of every 5 s.
 */
function createBudget(limit: number, now: () => number) {
  let left = limit;
  let filled = now();
  let waiting: { since: number; paid: number } | undefined;

  /** Adds the time of a retry beyond its delay: its transactions and its handler. */
  function settle(): void {
    const time = now();
    const cost = waiting ? Math.max(0, time - waiting.since - waiting.paid) : 0;
    left = Math.max(0, Math.min(limit, left + ((time - filled) * limit) / PERIOD) - cost);
    filled = time;
    waiting = undefined;
  }

  return {
    /** The partition no longer waits for an event. */
    settle,
    /** An attempt failed; returns whether another one after `wait`, if it takes as long, is within the limit. */
    take(took: number, wait: number): boolean {
      const tried = waiting !== undefined;
      settle();
      if (!tried) left = Math.max(0, left - took);
      if (left < wait + took) return false;
      left -= wait;
      waiting = { since: filled, paid: wait };
      return true;
    },
  };
}
