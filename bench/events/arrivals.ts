import { now } from './program.ts';

/** The time at which each of an expected number of events was handled. */
export interface Arrivals {
  /** Starts over with `count` expected events, numbered from 0. */
  expect(count: number): void;
  arrived(number: number, at?: number): void;
  /** Resolves to the time of each event when all have arrived. Rejects after two minutes. */
  all(): Promise<number[]>;
}

const patience = 120_000;

export function createArrivals(): Arrivals {
  let times: number[] = [];
  let missing = 0;
  let complete = () => {};
  let completed: Promise<void> = Promise.resolve();

  return {
    expect(count) {
      times = Array.from({ length: count }, () => 0);
      missing = count;
      completed = new Promise((resolve) => (complete = resolve));
    },
    arrived(number, at = now()) {
      if (times[number] !== 0) return;
      times[number] = at;
      missing -= 1;
      if (missing === 0) complete();
    },
    async all() {
      const timer = setTimeout(() => {
        throw new Error(`${missing} of ${times.length} events did not come within ${patience / 1_000} s`);
      }, patience);
      await completed;
      clearTimeout(timer);
      return times;
    },
  };
}
