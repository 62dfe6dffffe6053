import { sgr } from './colors.ts';
import { type LogRecord, parseLogRecord } from './log-record.ts';
import type { Output } from './output.ts';
import { createErrorLog } from './shown-errors.ts';
import { readLines } from './stream-lines.ts';
import type { TerminalLines } from './terminal-lines.ts';
import { splitTraces, traceOf } from './trace.ts';

/** What a service did while `dev` ran. */
export interface Counts {
  requests: number;
  errors: number;
  restarts: number;
}

export interface TerminalService extends Output {
  counts: Counts;
  /** Says so when the service answers. */
  await: () => void;
}

/** A text on standard error is complete after this many ms without another line. */
const quiet = 50;
/** A restart that takes longer, in ms, is announced; a shorter one is one line at its end. */
const longRestart = 5_000;

const colorOf: Partial<Record<LogRecord['level'], number>> = {
  trace: sgr.dim,
  debug: sgr.dim,
  warn: sgr.yellow,
  error: sgr.red,
  fatal: sgr.red,
};

/**
 * Shows a service in a terminal: one readable line for each line of its log, each error once with the places in its source, and
 * one line for a restart. Lines about a start or a stop of a part are omitted.
 */
export function createTerminalService(
  root: string,
  lines: TerminalLines,
  detail: Output['detail'],
): TerminalService {
  const counts: Counts = { requests: 0, errors: 0, restarts: 0 };
  const errors = createErrorLog(lines, counts);
  let change: { file: string; since: number; timer: NodeJS.Timeout } | undefined;
  let isWaiting = false;

  function log(line: string): void {
    const record = parseLogRecord(line);
    if (!record) return lines.raw(line);
    if (record.isRequest) counts.requests += 1;
    if (record.isRoutine) return;
    if (record.level === 'error' || record.level === 'fatal') {
      const trace = record.stack === undefined ? undefined : traceOf(record.stack, root);
      return errors.show(record.text, { trace, isEnd: record.level === 'fatal' });
    }
    const label = record.level === 'info' ? {} : { label: record.level };
    lines.print(record.text, { color: colorOf[record.level], ...label });
  }

  function errorText(text: string): void {
    for (const part of splitTraces(text, root))
      if (typeof part === 'string') lines.raw(part);
      else errors.show(part.message, { trace: part, isEnd: true });
  }

  function answers(url: string): void {
    if (change) {
      clearTimeout(change.timer);
      const seconds = ((performance.now() - change.since) / 1_000).toFixed(1);
      lines.print(`Restarted in ${seconds} s: ${change.file} changed`);
    } else if (isWaiting) lines.print(`Answers at ${url}`);
    change = undefined;
    isWaiting = false;
    errors.endRuns();
  }

  return {
    counts,
    await: () => void (isWaiting = true),
    say: (line) => lines.print(line.replace(/ {2,}/g, ' ')),
    detail,
    pass: (stream, name) =>
      name === 'stdout' ? readLines(stream, log) : readLines(stream, ...collectText(errorText)),
    changed(file) {
      counts.restarts += 1;
      errors.forget();
      clearTimeout(change?.timer);
      const timer = setTimeout(() => lines.print(`Restarting: ${file} changed`), longRestart).unref();
      change = { file, since: performance.now(), timer };
    },
    answers,
    ended(code, pause) {
      clearTimeout(change?.timer);
      change = undefined;
      isWaiting = true;
      const repeats = errors.endRun(code);
      if (repeats === 0)
        lines.print(`Ended with ${code}; starts again in ${pause / 1_000} s, or when a file changes`);
      if (repeats === 1)
        lines.print('Ended in the same way; dev keeps trying, and starts at once when a file changes');
    },
  };
}

/** Returns functions for `readLines` that hand over the lines of one moment together, as a trace is printed. */
function collectText(take: (text: string) => void): [take: (line: string) => void, ended: () => void] {
  let held: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const release = (): void => {
    clearTimeout(timer);
    const text = held.join('\n');
    held = [];
    if (text !== '') take(text);
  };
  const collect = (line: string): void => {
    held.push(line);
    clearTimeout(timer);
    timer = setTimeout(release, quiet);
  };
  return [collect, release];
}
