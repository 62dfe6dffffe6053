import { backoff } from '../../async/backoff.ts';
import { EventFailure, EventRunFailure, kindOf } from './failure.ts';
import type { ConsumerSettings } from './settings.ts';
import type { Verdict } from '../parking/park.ts';

/** What to do after a batch was rolled back. */
export type NextTry =
  | { how: 'at once' }
  /** Every event of the batch in a transaction of its own, since it is not known which one fails. */
  | { how: 'one by one' }
  /** Something does not answer: the whole batch again, later. */
  | { how: 'after the outage'; wait: number; outages: number }
  /** What lies before the event at once, then the event again; those behind it wait. */
  | { how: 'in place'; offset: number; wait: number; attempts: number }
  /** The event moves to event_parked. */
  | { how: 'park'; offset: number; verdict: Verdict }
  /** Neither handling nor parking is possible: the batch again, later; those behind it wait. */
  | { how: 'hold'; wait: number; attempts: number };

/** Decides how what failed is tried again, and remembers how often it was. */
export interface Retry {
  next(error: unknown, batchSize: number): NextTry;
  /** The group is at `position` now. */
  passed(position: number): void;
}

type Settings = Pick<
  ConsumerSettings,
  'inPlaceDelays' | 'inPlaceTime' | 'parkDelay' | 'parkedTries' | 'retryDelay' | 'outageDelay'
>;

const CONFLICTS = 10;

/** @param now milliseconds of a clock that never goes back */
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
      attempts.clear(); // what failed now is not the event
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

/** How an event that has failed `attempts` times is parked: to be tried again, or as a dead letter. */
export function verdictOn(
  { kind, cause, message }: EventFailure,
  attempts: number,
  { parkDelay, parkedTries }: Pick<Settings, 'parkDelay' | 'parkedTries'>,
): Verdict {
  // an outage is never judged, and a conflict without end is a failure like any other
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
  return `the event is a dead letter (${reason}, ${tries}), and ${behind} until someone redrives or drops it: npx microservice-runtime dead-letters`;
}

const PERIOD = 5_000;

/**
 * Bounds the time that one partition waits for events that fail, however many of them there are, so that their neighbours
 * are handled soon: `limit` milliseconds of every 5 s.
 */
function createBudget(limit: number, now: () => number) {
  let left = limit;
  let filled = now();
  let waiting: { since: number; paid: number } | undefined;

  /** What a try in place took beyond its wait: its transactions, and its handler. */
  function settle(): void {
    const time = now();
    const cost = waiting ? Math.max(0, time - waiting.since - waiting.paid) : 0;
    left = Math.max(0, Math.min(limit, left + ((time - filled) * limit) / PERIOD) - cost);
    filled = time;
    waiting = undefined;
  }

  return {
    /** The partition does not wait for an event any more. */
    settle,
    /** A try failed; true when another one, after `wait`, is within bounds if it takes as long. */
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
