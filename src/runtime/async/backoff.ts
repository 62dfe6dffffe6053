/**
 * Returns the delay before attempt `attempt` + 1, in ms: `first`, doubled with each attempt up to `max`. The delay varies by up
 * to a fifth, so replicas that failed together do not retry together.
 */
export function backoff(attempt: number, { first, max }: { first: number; max: number }): number {
  const exponential = Math.min(first * 2 ** Math.min(attempt - 1, 30), max);
  return exponential * (0.8 + 0.4 * Math.random());
}
