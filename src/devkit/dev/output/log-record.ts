/** A line of a service's log, as pino writes it. */
export interface LogRecord {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  /** The message, with the fields that are not ids. */
  text: string;
  /** Whether it is the answer to a request. */
  isRequest: boolean;
  /** Whether it says only that a part of the service started or stopped. */
  isRoutine: boolean;
  /** The stack of its error. */
  stack?: string;
}

type Fields = Record<string, unknown>;

const levels: Record<string, LogRecord['level']> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};

/** Fields that identify the line for a program. */
const ids = new Set([
  ...['level', 'time', 'service', 'pid', 'hostname', 'msg', 'err'],
  ...['request_id', 'correlation_id', 'causation_id', 'trace_id', 'span_id'],
]);

/**
 * The lines of `run` and of the parts about a start and a stop, which the table and the restart line replace, and one about the
 * embedded broker, which limits the size of a topic instead of its age.
 */
const routine =
  /^(running as process \d+|SIG[A-Z]+: stopping|listening at \S+|the group assigned \d+ partitions? to this replica|group \S+ starts .*|Kafka keeps \S+ without a time limit.*)$/;

/** Reads a line of JSON; undefined for any other line. */
export function parseLogRecord(line: string): LogRecord | undefined {
  const fields = line.startsWith('{"level":') ? objectOf(line) : undefined;
  const level = fields && levels[String(fields['level'])];
  if (!fields || !level) return undefined;
  const msg = textOf(fields['msg']);
  const isRequest = msg === 'request' && 'method' in fields && 'status' in fields;
  const { message, stack } = (fields['err'] ?? {}) as { message?: unknown; stack?: unknown };
  const shown = isRequest ? requestText(fields) : [msg, ...fieldTexts(fields)].join(' ').trim();
  return {
    level,
    text: [shown, ...unsaid(textOf(message ?? ''), stack, shown)].join(': '),
    isRequest,
    isRoutine: level === 'info' && ('part' in fields || routine.test(msg)),
    ...(typeof stack === 'string' && { stack }),
  };
}

/** Returns the messages of an error and its causes that `shown` lacks. */
function unsaid(message: string, stack: unknown, shown: string): string[] {
  const all = typeof stack === 'string' ? splitMessage(message, stack) : [message];
  return all.filter((each) => !shown.includes(each));
}

/** Splits the message of an error, which the log joins by `: `, into its own and those of its causes, as in `stack`. */
function splitMessage(message: string, stack: string): string[] {
  const all: string[] = [];
  let rest = message;
  for (const each of stack.split('\ncaused by: ')) {
    const own = textOf(each.replace(/\n +at [^]*$/, '').replace(/^[^\n:]*: /, ''));
    if (rest !== own && !rest.startsWith(`${own}: `)) continue;
    all.push(own);
    rest = rest.slice(own.length + 2);
  }
  return rest === '' ? all : [...all, rest];
}

function objectOf(line: string): Fields | undefined {
  try {
    return JSON.parse(line) as Fields;
  } catch {
    return undefined;
  }
}

function requestText({ method, path, status, duration_ms: duration, aborted }: Fields): string {
  const time = typeof duration === 'number' ? ` ${Math.round(duration)} ms` : '';
  return `${textOf(method)} ${textOf(path)} ${textOf(status)}${time}${aborted ? ', aborted' : ''}`;
}

const fieldTexts = (fields: Fields): string[] =>
  Object.entries(fields)
    .filter(([name, value]) => !ids.has(name) && value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${textOf(value)}`);

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : (JSON.stringify(value) ?? '');
