import { randomUUID } from 'node:crypto';

const COUNTER_END = 0x1000;

/**
 * Returns a function that returns a new event id with each call: a UUID of version 7 (RFC 9562, section 5.7), so that new ids
 * are neighbors in an index, whatever its size. The ids of one function ascend, also when the clock stands still or goes
 * back: a counter of 12 bits follows the milliseconds (section 6.2, method 1), and advances them when it is exhausted. The
 * other 62 bits are random, so that the ids of other processes differ.
 * @param clock the time in milliseconds since 1970
 */
export function createEventIds(clock: () => number = Date.now): () => string {
  let time = -1;
  let counter = 0;
  return () => {
    const random = randomUUID();
    const now = clock();
    counter += 1;
    if (now > time || counter === COUNTER_END) {
      time = Math.max(now, time + 1);
      // a random start, in the lower half
      counter = Number.parseInt(random.slice(0, 3), 16) >> 1;
    }
    const [high, low] = splitTime(time);
    return `${high}-${low}-7${counter.toString(16).padStart(3, '0')}-${random.slice(19)}`;
  };
}

function splitTime(time: number): [string, string] {
  const digits = time.toString(16).padStart(12, '0');
  return [digits.slice(0, 8), digits.slice(8)];
}
