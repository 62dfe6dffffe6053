import { once } from 'node:events';

export interface StopSignals {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when the npm that started us is gone. */
  first: Promise<unknown>;
  /** Whether a signal has arrived. */
  isStopping: () => boolean;
  /** Lets this process end when nothing else keeps it alive. */
  release: () => void;
}

/**
 * Handles signals from now on, and keeps this process alive to receive one. `onSecond` is called for every signal after the
 * first.
 */
export function listenForStop(onSecond: () => void): StopSignals {
  const stopping = new AbortController();
  const first = once(stopping.signal, 'abort');
  const receive = () => {
    if (stopping.signal.aborted) onSecond();
    stopping.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, receive);
  return { first, isStopping: () => stopping.signal.aborted, release: whenOrphaned(receive) };
}

/**
 * A signal to npm ends npm and its shell but does not reach us, because the shell does not forward it. If npm (or pnpm)
 * started us, watch for a change of our parent process. Returns a function that ends the watch; until then, this process
 * stays alive.
 */
function whenOrphaned(stop: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent || !process.env['npm_execpath']) return;
    clearInterval(timer);
    stop();
  }, 250);
  return () => clearInterval(timer);
}
