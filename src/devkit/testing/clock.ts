/** A clock that stands still until the test moves it. */
export interface TestClock {
  /** Returns the clock's time; pass it to code that takes `now: () => Date`. Needs no `this`. */
  now: () => Date;
  /** Moves the clock by this number of milliseconds; a negative number moves it back. */
  advance: (milliseconds: number) => void;
  /** Sets the clock to a Date or an ISO 8601 string. */
  set: (time: Date | string) => void;
}

/**
 * A clock for code that takes the time as a dependency, `now: () => Date`. It starts at `start`, by default the present. It
 * changes neither `Date` nor timers nor PostgreSQL's `now()`. Throws a RangeError for an invalid time.
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
    throw new RangeError(`${String(value)} is not a time; use a Date, or an ISO 8601 string`);
  return time;
}
