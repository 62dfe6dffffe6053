export { createRateLimiter, type RateLimiterOptions } from './rate-limit/postgres-rate-limiter.ts';
