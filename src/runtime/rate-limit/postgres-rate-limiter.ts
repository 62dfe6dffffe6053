import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { withDeadline } from '../async/deadline.ts';
import { runWithoutContext } from '../context/context.ts';
import { lacksSchema } from '../database/error-kind.ts';
import { askOf, checkRequiredSchema, rateLimitSchema } from '../database/required-schema.ts';
import { UnavailableError } from '../errors.ts';
import type { RateLimit, RateLimiter } from '../http/rate-limit/rate-limiter.ts';
import { createPruner } from './pruner.ts';
import { createStore } from './store.ts';
import { createCounter, type CountRequest } from './window-counters.ts';

const MINUTE = 60_000;

export interface RateLimiterOptions {
  /** Receives outages of PostgreSQL, at most one line per minute. */
  logger?: Pick<Logger, 'warn'>;
  /** How long a request waits for its count, in ms; default: a second. */
  patience?: number;
}

/**
 * Counts requests in the table `rate_limits`, which all replicas of the service share. Statements run outside of the requests'
 * transactions, so a request counts even if it fails or its client disconnects. While PostgreSQL does not answer within
 * `patience`, requests are admitted, and the log has a line per minute. At most once in a minute, a request starts the deletion of
 * old rows in the background.
 */
export function createRateLimiter(
  database: Knex,
  { logger, patience = 1_000 }: RateLimiterOptions = {},
): RateLimiter {
  const counterOf = createCounters(database);
  const prune = createPruner(database);
  const reportOutage = createOutageLog(logger);
  const checkTable = () => checkRequiredSchema(askOf(database), rateLimitSchema);
  let isThere = false;

  async function count(key: string, rateLimit: RateLimit) {
    void prune().catch(() => undefined); // the next run deletes the rows
    return counterOf(rateLimit)(key);
  }

  return {
    async consume(key, rateLimit) {
      try {
        const work = runWithoutContext(() => count(key, rateLimit));
        return await withDeadline(work, patience, () => late(patience));
      } catch (error) {
        if (lacksSchema(error)) await checkTable();
        reportOutage(error);
        return undefined;
      }
    },
    async check() {
      if (!isThere) await checkTable();
      isThere = true;
    },
  };
}

const late = (patience: number) => new UnavailableError(`PostgreSQL did not answer within ${patience} ms`);

/** Routes with the same limit share a counter, so the number of counters is bounded. */
function createCounters(database: Knex): (rateLimit: RateLimit) => CountRequest {
  const store = createStore(database);
  const counters = new Map<string, CountRequest>();
  return (rateLimit) => {
    const name = `${rateLimit.limit}/${rateLimit.window}`;
    const counter = counters.get(name) ?? createCounter(rateLimit, { store });
    counters.set(name, counter);
    return counter;
  };
}

/** Logs that requests are not counted, at most once in a minute. */
function createOutageLog(logger?: Pick<Logger, 'warn'>): (error: unknown) => void {
  let next = 0;
  return (error) => {
    if (Date.now() < next) return;
    next = Date.now() + MINUTE;
    logger?.warn({ err: error }, 'requests cannot be counted, so rate limits do not apply at the moment');
  };
}
