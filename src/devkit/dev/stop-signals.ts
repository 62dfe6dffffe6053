import { once } from 'node:events';

export interface StopSignals {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when the npm that ran us is gone. */
  first: Promise<unknown>;
  /** Whether one has come. */
  isStopping: () => boolean;
  /** Lets this process end when nothing else keeps it. */
  release: () => void;
}

/**
 * From now on signals do not end this process by themselves, and it lives on to receive one. `onSecond` is called at every
 * one but the first.
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
 * A signal to npm ends npm and its shell, and does not reach us: the shell passes nothing on. So we see whether our parent
 * is still the same, where npm (or pnpm) ran us. Returns how to stop looking; until then this process lives.
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
