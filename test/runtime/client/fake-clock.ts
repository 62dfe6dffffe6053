import { setImmediate } from 'node:timers/promises';
import type { ClientClock } from 'microservice-runtime/client';

export interface FakeClock extends ClientClock {
  /** Moves the clock, and calls each due callback at its time. Resolves when all that they caused has run. */
  advance(milliseconds: number): Promise<void>;
  /** Moves the clock, and calls no callback: each due one is late. */
  skip(milliseconds: number): void;
  /** The number of pending timers. */
  timers(): number;
}

export function createFakeClock(): FakeClock {
  let time = 0;
  const timers = new Map<object, { at: number; callback: () => void }>();
  const due = (until: number) =>
    [...timers].filter(([, { at }]) => at <= until).toSorted(([, a], [, b]) => a.at - b.at)[0];

  return {
    now: () => time,
    skip: (milliseconds) => void (time += milliseconds),
    timers: () => timers.size,
    after(milliseconds, callback) {
      const timer = {};
      timers.set(timer, { at: time + milliseconds, callback });
      return () => void timers.delete(timer);
    },
    async advance(milliseconds) {
      const end = time + milliseconds;
      await setImmediate();
      for (let next = due(end); next; next = due(end)) {
        const [timer, { at, callback }] = next;
        timers.delete(timer);
        time = Math.max(time, at);
        callback();
        await setImmediate();
      }
      time = end;
    },
  };
}
