import type { RateLimit, RateLimiter } from './rate-limiter.ts';

interface Setup {
  routers: readonly {
    readonly operations: readonly { method: string; path: string; rateLimit?: RateLimit }[];
  }[];
  rateLimiter?: RateLimiter;
}

/** Throws if a route has a rate limit that the app would not check. */
export function checkRateLimits({ routers, rateLimiter }: Setup): void {
  if (rateLimiter) return;
  const limited = routers.flatMap(({ operations }) => operations).find(({ rateLimit }) => rateLimit);
  if (limited)
    throw new Error(
      `${limited.method.toUpperCase()} ${limited.path} has "rateLimit", but createHttpApp has no rateLimiter; pass createRateLimiter(database, { logger }) of microservice-runtime/rate-limit`,
    );
}
