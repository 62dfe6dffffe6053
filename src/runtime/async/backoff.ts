/**
 * Milliseconds to wait before try number `attempt` + 1: `first` doubled with each attempt, at most `max`, and up to a fifth
 * more or less, so that replicas that failed together do not come back together.
 */
export function backoff(attempt: number, { first, max }: { first: number; max: number }): number {
  const exponential = Math.min(first * 2 ** Math.min(attempt - 1, 30), max);
  return exponential * (0.8 + 0.4 * Math.random());
}
