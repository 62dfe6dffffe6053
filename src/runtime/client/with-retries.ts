import type { ClientClock } from './clock.ts';
import { type Deadline, TimeoutError } from './deadlines.ts';
import { isFailure, NetworkError } from './outcomes.ts';
import type { ClientResponse } from './response.ts';
import { type createRetryBudget, parseRetryAfter, retryDelay, type RetrySettings } from './retries.ts';

interface Options {
  settings: RetrySettings;
  deadline: Deadline;
  budget: ReturnType<typeof createRetryBudget>;
  clock: ClientClock;
  isRepeatable: boolean;
  onRetry: () => void;
}

type Tried = { response: ClientResponse<unknown> } | { error: unknown };

/**
 * Runs `attempt` until it succeeds, fails for good, or the retries, the budget or the deadline are used up. Resolves or rejects as the
 * last attempt. A call that the breaker or the bulkhead rejects is not retried.
 */
export async function withRetries(
  attempt: () => Promise<ClientResponse<unknown>>,
  { settings, deadline, budget, clock, isRepeatable, onRetry }: Options,
): Promise<ClientResponse<unknown>> {
  budget.addCall();
  for (let retry = 1; ; retry += 1) {
    const tried = await attempt().then(
      (response): Tried => ({ response }),
      (error: unknown): Tried => ({ error }),
    );
    const wait = retryDelay(retry, settings, retryAfterOf(tried));
    const isAgain =
      isRepeatable && retry <= settings.retries && isTransient(tried) && wait < deadline.remaining();
    if (!isAgain || !budget.take()) return result(tried);
    onRetry();
    await pause(wait, clock, deadline.signal);
  }
}

function isTransient(tried: Tried): boolean {
  if ('response' in tried) return isFailure(tried.response.status);
  return tried.error instanceof TimeoutError || tried.error instanceof NetworkError;
}

const retryAfterOf = (tried: Tried) =>
  'response' in tried ? parseRetryAfter(tried.response.headers.get('retry-after')) : undefined;

function result(tried: Tried): ClientResponse<unknown> {
  if ('error' in tried) throw tried.error;
  return tried.response;
}

/** Rejects with the reason of `signal` once it is aborted. */
const pause = (milliseconds: number, { after }: ClientClock, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = after(milliseconds, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop);
  });
