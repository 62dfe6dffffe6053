import { Counter, type Registry } from 'prom-client';

/** Counts the decisions about requests of one route. */
export interface RateLimitMetrics {
  limited(method: string, route: string): void;
  unchecked(method: string, route: string): void;
}

/** Registers the metrics of rate limits. */
export function createRateLimitMetrics(registry: Registry): RateLimitMetrics {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['method', 'route'], registers: [registry] });
  const limited = counter('http_requests_limited_total', 'Requests over the rate limit of their route');
  const unchecked = counter(
    'http_requests_limit_unchecked_total',
    'Requests that were admitted because the rate limiter did not answer',
  );
  return {
    limited: (method, route) => limited.inc({ method, route }),
    unchecked: (method, route) => unchecked.inc({ method, route }),
  };
}
