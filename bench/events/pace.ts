import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `work` with 0, 1, 2, ... at `rate` calls per second, `count` times, whether or not earlier calls have ended (an open
 * loop: a slow system gets the same load). Resolves when all have ended.
 */
export async function atRate(
  rate: number,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  const running: Promise<void>[] = [];
  while (running.length < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - begun) / 1_000) * rate));
    while (running.length < due) running.push(work(running.length));
    await sleep(1);
  }
  await Promise.all(running);
}

/** Calls `work` with 0 to `count` - 1, `concurrency` at a time. */
export async function allAtOnce(
  concurrency: number,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
