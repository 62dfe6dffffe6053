/** The number of requests that one caller may send to a route. */
export interface RateLimit {
  /** The requests of one window, 1 to 1 000 000 000. */
  readonly limit: number;
  /** The length of the window, in seconds, 1 to 86 400 (a day). It starts with the first request. */
  readonly window: number;
}

/** The count of one caller after a request. */
export interface RateLimitState {
  /** Whether the request is within the limit. */
  readonly isAllowed: boolean;
  /** The requests that the caller may still send in this window. */
  readonly remaining: number;
  /** The time until the window ends, in ms. */
  readonly reset: number;
}

/** Counts the requests of callers. */
export interface RateLimiter {
  /**
   * Counts one request of `key` and resolves to the new count; undefined if the count is not known in time, and the request
   * must be admitted. `key` has at most 255 characters. Rejects if the limiter is not set up.
   */
  consume(key: string, limit: RateLimit): Promise<RateLimitState | undefined>;
  /** A readiness check: rejects with the remedy if the limiter is not set up. */
  check?(): Promise<unknown>;
}
