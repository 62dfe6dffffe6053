import { printError } from '../logging/terminal.ts';

/** The exit codes of a shell for a process that a signal ends. */
export const signalCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export interface CaughtSignals {
  /** Is aborted by the first signal. */
  readonly aborted: AbortSignal;
  /** Returns the first signal; undefined if there was none. */
  received: () => keyof typeof signalCodes | undefined;
  /** Restores the default effect of the signals. */
  forget: () => void;
}

/**
 * Catches SIGINT and SIGTERM until `forget`. A second signal exits at once. So does the end of `timeout`, in ms, after the first one: the
 * command has ignored it.
 */
export function catchSignals(timeout: number): CaughtSignals {
  const controller = new AbortController();
  let received: keyof typeof signalCodes | undefined;
  let timer: NodeJS.Timeout | undefined;
  const receive = (signal: keyof typeof signalCodes) => {
    if (received) process.exit(signalCodes[signal]);
    received = signal;
    controller.abort(new Error(`${signal} was received`));
    timer = setTimeout(() => {
      printError(`microservice-runtime: the command did not stop within ${timeout} ms after ${signal}`);
      process.exit(signalCodes[signal]);
    }, timeout);
  };
  for (const signal of Object.keys(signalCodes)) process.on(signal, receive);
  return {
    aborted: controller.signal,
    received: () => received,
    forget() {
      clearTimeout(timer);
      for (const signal of Object.keys(signalCodes)) process.off(signal, receive);
    },
  };
}
