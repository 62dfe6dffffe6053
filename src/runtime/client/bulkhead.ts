export interface BulkheadSettings {
  /** The most calls at one time; default 50. */
  maxConcurrent: number;
  /** The most calls that wait for a free slot; default 50. A further call is rejected. */
  maxQueue: number;
}

export interface Bulkhead {
  /**
   * Resolves to a function that frees the slot, which must be called once; to undefined if the queue is full. Rejects with the
   * reason of `signal` if it is aborted before.
   */
  enter(signal: AbortSignal): Promise<(() => void) | undefined>;
  running(): number;
  queued(): number;
}

/** Limits the calls at one time, so that a slow dependency cannot use up the memory and the sockets of the process. */
export function createBulkhead({ maxConcurrent, maxQueue }: BulkheadSettings): Bulkhead {
  const waiting = new Set<() => void>();
  let running = 0;

  function free(): void {
    const [next] = waiting;
    if (next) next();
    else running -= 1;
  }

  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const settle = (done: () => void) => {
        waiting.delete(start);
        signal.removeEventListener('abort', abort);
        done();
      };
      const start = () => settle(resolve);
      const abort = () => settle(() => reject(signal.reason as Error));
      signal.addEventListener('abort', abort);
      waiting.add(start);
    });

  return {
    running: () => running,
    queued: () => waiting.size,
    async enter(signal) {
      signal.throwIfAborted();
      if (running < maxConcurrent) running += 1;
      else if (waiting.size < maxQueue) await turn(signal);
      else return undefined;
      return free;
    },
  };
}
