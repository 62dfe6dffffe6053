/** A clock that stands still until the test moves it. */
export interface TestClock {
  /** The time that it shows; hand it to what takes `now: () => Date`. Needs no `this`. */
  now: () => Date;
  /** Moves it by so many milliseconds, back when they are negative. */
  advance: (milliseconds: number) => void;
  /** Sets it to a time, a Date or ISO 8601. */
  set: (time: Date | string) => void;
}

/**
 * A clock for code that takes the time as a dependency, `now: () => Date`. It shows `start`, the present by default. It
 * changes neither `Date` nor timers nor PostgreSQL's `now()`. Throws a RangeError for what is no time.
 */
export function createClock(start: Date | string = new Date()): TestClock {
  let time = timeOf(start);
  return {
    now: () => new Date(time),
    advance: (milliseconds) => (time = timeOf(new Date(time + milliseconds))),
    set: (to) => (time = timeOf(to)),
  };
}

function timeOf(value: Date | string): number {
  const time = new Date(value).getTime();
  if (Number.isNaN(time))
    throw new RangeError(`${String(value)} is not a time; give a Date, or an ISO 8601 string`);
  return time;
}
