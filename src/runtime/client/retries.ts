export interface RetrySettings {
  /** The most retries of one call; default 2. */
  retries: number;
  /** The longest delay before the first retry, in ms, doubled with each further one; default 200. */
  retryDelay: number;
}

const LONGEST_DELAY = 5_000;
/** Retries are at most this share of the calls, so they cannot multiply the load of a failing dependency. */
const BUDGET_SHARE = 0.1;
const BUDGET_MAX = 10;

/** RFC 9110, section 9.2.2. Any other call is repeatable only with an idempotency key. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** Reports whether a second call has the same effect as one. */
export const isRepeatable = (method: string, idempotencyKey: string | undefined): boolean =>
  idempotent.has(method) || idempotencyKey !== undefined;

/** Creates the budget of one client: each call adds a tenth of a retry, up to ten retries. */
export function createRetryBudget() {
  let left = BUDGET_MAX;
  return {
    addCall: () => void (left = Math.min(BUDGET_MAX, left + BUDGET_SHARE)),
    /** Takes one retry; returns false if none is left. */
    take(): boolean {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}

/**
 * Returns the delay before retry `count` (1, 2, ...), in ms: the `Retry-After` of the response, or a random part of the exponential
 * delay (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, "full jitter").
 */
export function retryDelay(count: number, { retryDelay: first }: RetrySettings, retryAfter?: number): number {
  if (retryAfter !== undefined) return retryAfter;
  return Math.random() * Math.min(first * 2 ** (count - 1), LONGEST_DELAY);
}

/** Returns the delay in a `Retry-After` header, in ms (RFC 9110, section 10.2.3); undefined if it is missing or invalid. */
export function parseRetryAfter(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const time = Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
