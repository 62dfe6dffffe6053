import { backoff } from './backoff.ts';
import { EventFailure, isConflict, isUnreachable } from './consumer-errors.ts';
import type { ConsumerSettings } from './consumer-settings.ts';

/** What to do after a batch was rolled back. */
export type NextTry =
  | { how: 'at once' }
  /** Every event of the batch in a transaction of its own, to find the one that fails. */
  | { how: 'one by one' }
  /** PostgreSQL does not answer: the whole batch again, later. */
  | { how: 'after the outage'; wait: number; first: boolean }
  /** The first event fails: again, later; those behind it wait. */
  | { how: 'later'; wait: number; attempts: number };

/** Decides how what failed is tried again, and remembers how often it was. */
export interface Retry {
  next(error: unknown, batchSize: number): NextTry;
  passed(): void;
}

const CONFLICTS = 10;

export function createRetry({ retryDelay, outageDelay }: ConsumerSettings): Retry {
  let conflicts = 0;
  let outages = 0;
  let attempts = 0;

  return {
    next(error, batchSize) {
      if (isConflict(error) && conflicts < CONFLICTS) {
        conflicts += 1;
        return { how: 'at once' };
      }
      if (isUnreachable(error) && !(error instanceof EventFailure)) {
        outages += 1;
        return { how: 'after the outage', wait: backoff(outages, outageDelay), first: outages === 1 };
      }
      if (batchSize > 1) return { how: 'one by one' };
      attempts += 1;
      return { how: 'later', wait: backoff(attempts, retryDelay), attempts };
    },
    passed() {
      conflicts = 0;
      outages = 0;
      attempts = 0;
    },
  };
}
