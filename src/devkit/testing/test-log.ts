import { printError, printShown } from '../terminal.ts';

/** One line of a service's log, as `createLogger` writes it. */
interface LogLine {
  level: string;
  msg: string;
  request_id?: string;
  err?: { message?: string; stack?: string };
}

/** The log of one service under test. */
export interface TestLog {
  /** Pass it to `createLogger`. */
  stream: { write: (line: string) => void };
  /** Returns the errors that the service has logged about a request; empty if there are none. */
  errorsOf: (requestId: string) => string[];
  close: () => void;
}

/** The most lines of one test that are kept; a failing loop can log for minutes. */
const MOST_LINES = 100;

/** Source lines of the owner, not of packages and not of Node. */
const ownFrame = /^ *at (?!.*(?:node_modules|node:)).*/gm;
const MOST_FRAMES = 3;

const logs = new Set<string[]>();
/** Whether mocha calls the root hooks; without them, a log is printed at its end. */
let isHooked = false;

/** Keeps the log of one test, instead of printing it; with LOG_LEVEL, prints every line as it is written too. */
export function openTestLog(isPrinted = process.env['LOG_LEVEL'] !== undefined): TestLog {
  const lines: string[] = [];
  logs.add(lines);
  const write = (line: string): void => {
    if (isPrinted) printShown(line);
    lines.push(line);
    if (lines.length > MOST_LINES) lines.shift();
  };
  const errorsOf = (requestId: string) =>
    lines
      .map(parse)
      .filter((line) => line?.request_id === requestId)
      .flatMap((line) => (line?.err ? [shownError(line.err)] : []));
  const close = (): void => {
    logs.delete(lines);
    if (!isHooked && !isPrinted) printLines(lines);
  };
  return { stream: { write }, errorsOf, close };
}

/** The context of a mocha hook. */
export interface HookContext {
  currentTest?: { state?: string };
}

/** Root hooks of mocha: print the log of a test that fails, and forget that of any other. */
export const logHooks = {
  beforeEach(): void {
    isHooked = true;
    takeLines();
  },
  afterEach(this: HookContext): void {
    const lines = takeLines();
    if (this.currentTest?.state === 'failed' && process.env['LOG_LEVEL'] === undefined) printLines(lines);
  },
};

function printLines(lines: readonly string[]): void {
  for (const line of lines) printError(`    log: ${shownLine(line)}`);
}

function takeLines(): string[] {
  return [...logs].flatMap((lines) => lines.splice(0));
}

function shownLine(text: string): string {
  const line = parse(text);
  if (!line) return text.trimEnd();
  return `${line.level} ${line.msg}${line.err ? `: ${shownError(line.err)}` : ''}`;
}

const shownError = ({ message = 'unknown error', stack = '' }: NonNullable<LogLine['err']>): string =>
  [message, ...(stack.match(ownFrame) ?? []).slice(0, MOST_FRAMES)].join('\n');

function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
