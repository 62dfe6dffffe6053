import { once } from 'node:events';

export interface StopSignals {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when the npm that started us is gone. */
  first: Promise<unknown>;
  /** Resolves at the second signal. */
  second: Promise<unknown>;
  /** Whether a signal has arrived. */
  isStopping: () => boolean;
  /** Stops handling signals, and lets this process end when nothing else keeps it alive. */
  release: () => void;
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The terminal sends Ctrl-C to npm too, which passes it on: a signal within this many ms is the same one. */
const samePress = 300;

/** Handles signals from now on, and keeps this process alive to receive one. */
export function listenForStop(): StopSignals {
  const [stopping, hurrying] = [new AbortController(), new AbortController()];
  const [first, second] = [once(stopping.signal, 'abort'), once(hurrying.signal, 'abort')];
  let begun = Infinity;
  const stop = () => {
    begun = Math.min(begun, performance.now());
    stopping.abort();
  };
  const receive = () => (performance.now() - begun > samePress ? hurrying.abort() : stop());
  for (const name of names) process.on(name, receive);
  const endWatch = whenOrphaned(stop);
  const release = () => {
    endWatch();
    for (const name of names) process.off(name, receive);
  };
  return { first, second, isStopping: () => stopping.signal.aborted, release };
}

/**
 * Ends this process as Ctrl-C ends a program that does not handle it. `process.exit` waits for a blocked file operation, such as
 * a read from a pipe that nobody writes to.
 */
export function dieBySignal(): void {
  for (const name of names) process.removeAllListeners(name);
  process.kill(process.pid, 'SIGINT');
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
