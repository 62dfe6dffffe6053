import { UnavailableError } from '../errors.ts';
import { TimeoutError } from './deadlines.ts';
import type { CallEnd } from './metrics.ts';
import { HttpResponseError, type ClientResponse } from './response.ts';
import { parseRetryAfter } from './retries.ts';

/** No connection, or one that broke. */
export class NetworkError extends UnavailableError {
  override name = 'UnavailableError';
}

/** The circuit breaker has rejected the call; nothing was sent. */
export class OpenCircuitError extends UnavailableError {
  override name = 'UnavailableError';
}

/** The bulkhead has rejected the call; nothing was sent. */
export class TooManyCallsError extends UnavailableError {
  override name = 'UnavailableError';
}

export const isSuccess = (status: number): boolean => status >= 200 && status <= 299;

/** Any other status is an answer to this call alone, and says nothing against the other side. */
export const isFailure = (status: number): boolean => status === 429 || status >= 500;

/** Statuses that say that the other side, or a proxy before it, cannot answer at the moment. */
const outages = new Set([429, 502, 503, 504]);

/** The seconds that our own answer states: another company must not send our clients away for years, nor bring them back at once. */
const aDayAtMost = (seconds: number): number => Math.min(Math.max(seconds, 1), 86_400);

/** Returns the error for a response that is not a success. */
export function errorOf(
  response: ClientResponse<unknown>,
  { name, method, path }: { name: string; method: string; path: string },
): Error {
  const { status, headers } = response;
  const answer = new HttpResponseError(`${name} answered ${method} ${path} with ${status}`, response);
  if (!outages.has(status)) return answer;
  const wait = parseRetryAfter(headers.get('retry-after'));
  const retryAfter = wait === undefined ? undefined : aDayAtMost(Math.ceil(wait / 1_000));
  return new UnavailableError(`${name} is not available at the moment`, { cause: answer, retryAfter });
}

/** Classifies the error of a call for the metrics. */
export function callEndOf(error: unknown): CallEnd {
  if (error instanceof OpenCircuitError) return 'open';
  if (error instanceof TooManyCallsError) return 'full';
  if (error instanceof TimeoutError) return 'timeout';
  if (error instanceof NetworkError) return 'network';
  const answer = error instanceof UnavailableError ? error.cause : error;
  if (!(answer instanceof HttpResponseError)) return 'invalid';
  return answer.status >= 500 ? 'server_error' : 'client_error';
}
