import { sgr } from './colors.ts';
import type { TerminalLines } from './terminal-lines.ts';
import type { Trace } from './trace.ts';

/** The errors of a service that the terminal has shown. */
export interface ErrorLog {
  /**
   * Shows an error with its places in the source. An error that was shown before has no places; if it ends the service, it is
   * omitted: Node and the log report it, and so does the next run.
   */
  show: (text: string, error: { trace: Trace | undefined; isEnd: boolean }) => void;
  /** Shows the next errors again, for example because the code has changed. */
  forget: () => void;
  /** Ends a run of the service; returns how many runs before ended in the same way, with no other error. */
  endRun: (code: number) => number;
  /** Starts to count the runs again, since the service answered. */
  endRuns: () => void;
}

export function createErrorLog(lines: TerminalLines, counts: { errors: number }): ErrorLog {
  const shown = new Set<string>();
  let isNew = false;
  let lastCode: number | undefined;
  let repeats = 0;
  return {
    show(text, { trace, isEnd }) {
      const key = trace ? [trace.message, ...trace.places].join('\n') : text;
      const isKnown = shown.has(key);
      if (isKnown && isEnd) return;
      shown.add(key);
      counts.errors += 1;
      isNew ||= !isKnown;
      lines.print(text, {
        label: 'error',
        color: sgr.red,
        ...(!isKnown && trace && { below: trace.places }),
      });
    },
    forget() {
      shown.clear();
      lastCode = undefined;
    },
    endRuns: () => void (lastCode = undefined),
    endRun(code) {
      repeats = code === lastCode && !isNew ? repeats + 1 : 0;
      lastCode = code;
      isNew = false;
      return repeats;
    },
  };
}
