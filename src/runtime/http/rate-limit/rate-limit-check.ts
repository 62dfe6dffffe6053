import { createHash } from 'node:crypto';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { currentPrincipal } from '../../context/context.ts';
import { TooManyRequestsError, UnauthorizedError } from '../../errors.ts';
import { clientAddress } from './client-address.ts';
import type { RateLimitMetrics } from './metrics.ts';
import type { RateLimit, RateLimiter, RateLimitState } from './rate-limiter.ts';

/** The setting of an Express app that holds its `AppRateLimits`. */
export const RATE_LIMITS = 'rateLimits';

export interface AppRateLimits {
  limiter: RateLimiter;
  metrics: RateLimitMetrics;
}

interface LimitedRoute {
  method: string;
  path: string;
  rateLimit?: RateLimit;
}

/** A caller, and the name of the policy in the response headers. */
interface Partition {
  policy: 'principal' | 'address';
  parts: readonly string[];
}

/**
 * Returns the handlers that follow the access check of a route and refuse requests over its rate limit. The count belongs to
 * the route and the principal; without a principal, to the route and the client's address. A request with an invalid token or
 * without a required one counts for its address, and so costs no principal a request.
 */
export function rateLimitChecks(route: LimitedRoute): (RequestHandler | ErrorRequestHandler)[] {
  const { rateLimit } = route;
  if (!rateLimit) return [];
  checkRange(route, rateLimit);
  const count = counterOf(route, rateLimit);
  const failed: ErrorRequestHandler = async (error, req, res, next) => {
    if (error instanceof UnauthorizedError) await count(req, res, addressOf(req));
    next(error);
  };
  const admitted: RequestHandler = async (req, res, next) => {
    await count(req, res, principalOf() ?? addressOf(req));
    next();
  };
  return [failed, admitted];
}

function counterOf({ method, path }: LimitedRoute, rateLimit: RateLimit) {
  const name = method.toUpperCase();
  return async (req: Request, res: Response, { policy, parts }: Partition): Promise<void> => {
    const { limiter, metrics } = req.app.get(RATE_LIMITS) as AppRateLimits;
    const state = await limiter.consume(digest([name, path, policy, ...parts]), rateLimit);
    if (!state) return metrics.unchecked(name, path);
    setFields(res, policy, { rateLimit, state });
    if (state.isAllowed) return;
    metrics.limited(name, path);
    throw tooMany(rateLimit, state);
  };
}

function principalOf(): Partition | undefined {
  const principal = currentPrincipal();
  return principal && { policy: 'principal', parts: [principal.issuer, principal.subject] };
}

const addressOf = (req: Request): Partition => ({ policy: 'address', parts: [clientAddress(req)] });

/** A key of constant length; the limiter stores neither subjects nor addresses. */
const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** Sets the fields of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4. */
function setFields(
  res: Response,
  policy: string,
  { rateLimit, state }: { rateLimit: RateLimit; state: RateLimitState },
): void {
  res.setHeader('ratelimit-policy', `"${policy}";q=${rateLimit.limit};w=${rateLimit.window}`);
  res.setHeader('ratelimit', `"${policy}";r=${state.remaining};t=${seconds(state.reset)}`);
}

function tooMany({ limit, window }: RateLimit, { reset }: RateLimitState): TooManyRequestsError {
  const retryAfter = seconds(reset);
  const requests = limit === 1 ? '1 request' : `${limit} requests`;
  return new TooManyRequestsError(
    `This operation accepts ${requests} of a caller in ${window} s. Try again in ${retryAfter} s.`,
    { retryAfter },
  );
}

/** Whole seconds, at least 1: a client that waits this long is in the next window. */
const seconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1_000));

const MOST_REQUESTS = 1_000_000_000;
const LONGEST_WINDOW = 86_400;

function checkRange({ method, path }: LimitedRoute, { limit, window }: RateLimit): void {
  const isWhole = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  if (isWhole(limit, MOST_REQUESTS) && isWhole(window, LONGEST_WINDOW)) return;
  throw new Error(
    `${method.toUpperCase()} ${path} has the rateLimit { limit: ${limit}, window: ${window} }; use a limit from 1 to ${MOST_REQUESTS} requests and a window from 1 to ${LONGEST_WINDOW} s, both integers`,
  );
}
