/** Runs `work` when one of the slots is free, in the order of asking; the slot is free again when `work` has settled. */
export type Semaphore = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `count` pieces of work at the same time. */
export function createSemaphore(count: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = count;

  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
