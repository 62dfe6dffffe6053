import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Rejects with the error of `late` if `work` takes longer than `milliseconds`. `work` itself continues, and its result is
 * ignored.
 */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when `work` does, or after `milliseconds`; rejects if `work` rejects before. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, sleep(milliseconds, undefined, { signal: over.signal }).catch(() => {})]).finally(
    () => over.abort(),
  );
}
