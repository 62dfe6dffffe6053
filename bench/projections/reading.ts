import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `read` `rate` times per second, until the signal. Resolves to the milliseconds from the time at which each read was due to its end, so that a
 * process that is busy counts.
 */
export async function readAtRate(
  rate: number,
  signal: AbortSignal,
  read: (number: number) => Promise<void>,
): Promise<number[]> {
  const begun = performance.now();
  const times: Promise<number>[] = [];
  while (!signal.aborted) {
    const due = begun + (times.length / rate) * 1_000;
    if (performance.now() < due) await sleep(due - performance.now());
    else times.push(read(times.length).then(() => performance.now() - due));
  }
  return Promise.all(times);
}
