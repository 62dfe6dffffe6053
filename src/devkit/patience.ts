import { setTimeout as delay } from 'node:timers/promises';

/** The longest silence while something else is awaited, and while work of our own is under way, in ms. */
export const silence = { awaiting: 1_000, working: 5_000 };

/** Resolves or rejects like `work`; calls `tell` once if that takes longer than `quiet` ms. */
export async function tellIfSlow<T>(
  work: Promise<T>,
  tell: () => unknown,
  quiet = silence.awaiting,
): Promise<T> {
  const timer = setTimeout(tell, quiet);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves or rejects like `work`, or resolves to undefined after `limit` ms; `work` itself continues. */
export async function atMost<T>(limit: number, work: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const late = delay(limit, undefined, { signal: over.signal }).catch(() => undefined);
  return Promise.race([work, late]).finally(() => over.abort());
}
