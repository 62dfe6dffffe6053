import { UnavailableError } from '../errors.ts';
import type { ClientClock } from './clock.ts';

/** The time limit of some work. */
export interface Deadline {
  /** Is aborted when the time is over, or when the outer signal is. */
  readonly signal: AbortSignal;
  /** Returns the remaining time, in ms. */
  remaining(): number;
}

/** The other side did not answer in time. */
export class TimeoutError extends UnavailableError {
  override name = 'UnavailableError';
}

interface Limit {
  milliseconds: number;
  /** The message of the error when the time is over. */
  late: string;
  outer?: AbortSignal | undefined;
}

export interface Deadlines {
  /** Runs `work` with a deadline, whose timer and listeners end with it. Rejects with the reason of the signal once it is aborted. */
  within<T>(limit: Limit, work: (deadline: Deadline) => Promise<T>): Promise<T>;
}

export function createDeadlines({ now, after }: ClientClock): Deadlines {
  return {
    async within({ milliseconds, late, outer }, work) {
      outer?.throwIfAborted();
      const over = new AbortController();
      const end = now() + milliseconds;
      const cancel = after(milliseconds, () => over.abort(new TimeoutError(late)));
      const abort = () => over.abort(outer?.reason);
      outer?.addEventListener('abort', abort);
      try {
        return await Promise.race([
          work({ signal: over.signal, remaining: () => Math.max(0, end - now()) }),
          aborted(over.signal),
        ]);
      } finally {
        cancel();
        outer?.removeEventListener('abort', abort);
      }
    },
  };
}

/** Some work ignores its signal, such as a stream that is being read. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
