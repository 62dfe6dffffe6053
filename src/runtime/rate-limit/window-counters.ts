import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateLimitState } from '../http/rate-limit/rate-limiter.ts';

/** The callers over their limit that one process remembers per limit. */
const MOST_REMEMBERED = 10_000;

interface Options {
  /** The client of PostgreSQL. */
  store: object;
  /** The largest number of callers over their limit in memory. */
  mostRemembered?: number;
}

/** Counts one request of a key; rejects if PostgreSQL does not answer. */
export type CountRequest = (key: string) => Promise<RateLimitState>;

/**
 * Counts the requests of each key in PostgreSQL, in windows that start with the key's first request. A key that has used up
 * its window stays in memory until the window ends, and its requests are refused without a statement. Memory is bounded: at
 * `mostRemembered` keys it forgets all of them, which costs each one statement. The clock is that of the process.
 */
export function createCounter(
  { limit, window }: RateLimit,
  { store, mostRemembered = MOST_REMEMBERED }: Options,
): CountRequest {
  const limiter = new RateLimiterPostgres({
    storeClient: store,
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true, // by the migration
    clearExpiredByTimeout: false,
    keyPrefix: '',
    points: limit,
    duration: window,
    inMemoryBlockOnConsumed: limit,
  });
  let remembered = 0;

  function remember({ consumedPoints }: RateLimiterRes): void {
    if (consumedPoints < limit) return; // 0 if memory has refused the request
    remembered += 1;
    if (remembered <= mostRemembered) return;
    limiter.deleteInMemoryBlockedAll();
    remembered = 0;
  }

  const stateOf = (result: RateLimiterRes, isAllowed: boolean): RateLimitState => {
    remember(result);
    return { isAllowed, remaining: result.remainingPoints, reset: result.msBeforeNext };
  };

  return async (key) => {
    try {
      return stateOf(await limiter.consume(key), true);
    } catch (thrown) {
      if (thrown instanceof RateLimiterRes) return stateOf(thrown, false);
      throw thrown;
    }
  };
}
