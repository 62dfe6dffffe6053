export interface StopSignals {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP. */
  first: Promise<NodeJS.Signals>;
  /** Whether one has come. */
  isStopping: () => boolean;
  /** Lets this process end when nothing else keeps it. */
  release: () => void;
}

/**
 * From now on signals do not end this process by themselves, and it lives on to receive one. `onSecond` is called at every one but
 * the first.
 */
export function listenForStop(onSecond: () => void): StopSignals {
  const life = setInterval(() => undefined, 2 ** 30);
  let stopping = false;
  const first = new Promise<NodeJS.Signals>((resolve) => {
    const receive = (signal: NodeJS.Signals) => {
      if (stopping) onSecond();
      stopping = true;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, receive);
  });
  return { first, isStopping: () => stopping, release: () => clearInterval(life) };
}
