/** Limits how often something begins, on average: some may begin at once after a quiet time (a token bucket). */
export interface Pace {
  /** Returns the milliseconds until the next one may begin; 0 or less if it may begin now. */
  wait(): number;
  /** One begins. @param interval the average time from one to the next that is allowed at present, in ms */
  begun(interval: number): void;
}

/**
 * @param burst how many may begin at once after a quiet time
 * @param now the current time in ms
 */
export function createPace(burst: number, now: () => number = () => performance.now()): Pace {
  /** The time of the next one; earlier than now by at most `burst` intervals. */
  let due = -Infinity;

  return {
    wait: () => due - now(),
    begun(interval) {
      due = Math.max(due, now() - burst * interval) + interval;
    },
  };
}
