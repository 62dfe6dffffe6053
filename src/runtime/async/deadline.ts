import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Rejects with the error of `late` if `work` takes longer than `milliseconds`. `work` itself continues, and its result is
 * ignored.
 */
export function withDeadline<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  // a single promise, since this runs for each event
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    const inTime =
      <Result>(settle: (result: Result) => void) =>
      (result: Result): void => {
        clearTimeout(timer);
        settle(result);
      };
    work.then(inTime(resolve), inTime(reject));
  });
}

/** Resolves when `work` does, or after `milliseconds`; rejects if `work` rejects before. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, sleep(milliseconds, undefined, { signal: over.signal }).catch(() => {})]).finally(
    () => over.abort(),
  );
}
