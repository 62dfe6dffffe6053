import { inspect } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a busy machine. A wait that succeeds ends immediately, so only a failing test takes this long. */
const DEFAULT_TIMEOUT = 20_000;

export interface WaitOptions {
  /** In milliseconds; default 20000. */
  timeout?: number;
  /** The expected state, for the error: "not within 20000 ms: <message>". */
  message?: string;
}

/**
 * Calls `check` repeatedly, and resolves to its first truthy value. A check that throws is called again too. Rejects after
 * `timeout` with the last value or error.
 */
export async function waitFor<T>(
  check: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<NonNullable<T>> {
  const { timeout = DEFAULT_TIMEOUT, message = check.toString() } = options;
  const deadline = performance.now() + timeout;
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    const seen = await attempt(check);
    if (seen.value) return seen.value;
    if (performance.now() > deadline) throw tooLate(timeout, message, seen);
    await delay(pause);
  }
}

interface Seen<T> {
  value?: T;
  error?: unknown;
}

async function attempt<T>(check: () => T | Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await check() };
  } catch (error) {
    return { error };
  }
}

function tooLate<T>(timeout: number, message: string, seen: Seen<T>): Error {
  const last =
    'error' in seen ? `the last error was ${inspect(seen.error)}` : `last seen: ${inspect(seen.value)}`;
  return new Error(`timed out after ${timeout} ms: ${message}; ${last}`, { cause: seen.error });
}
