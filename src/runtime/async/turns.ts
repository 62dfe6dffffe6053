import { setImmediate as nextTurn } from 'node:timers/promises';

/** The most milliseconds that a loop without I/O may hold the event loop. */
const LONGEST = 2;

/**
 * Returns a function that a long loop awaits in each round: it lets the other work of the process run, such as HTTP requests, when the
 * loop has held the event loop for 2 ms.
 */
export function createTurns(): () => Promise<void> | undefined {
  let begun = performance.now();
  return () => {
    if (performance.now() - begun < LONGEST) return undefined;
    return nextTurn().then(() => void (begun = performance.now()));
  };
}
