/** The time of a client. A test passes its own to move it by hand. */
export interface ClientClock {
  /** Returns a time in milliseconds. Only differences between two times count. */
  now: () => number;
  /** Calls `callback` once after `milliseconds`, and returns a function that cancels the call. */
  after: (milliseconds: number, callback: () => void) => () => void;
}

export const systemClock: ClientClock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
