import type { DestinationStream, Logger } from 'pino';
import type { Context } from '../context/context.ts';

/** One request and its answer; `route` is the pattern of the matched route, empty if none matched. */
export interface Access {
  level: 'info' | 'debug';
  context: Context;
  method: string;
  path: string;
  route: string;
  status: number;
  /** The time from the arrival of the request to the end of the answer, in ms. */
  duration: number;
  /** Whether the connection ended before the answer did. */
  isAborted: boolean;
}

interface Target {
  stream: DestinationStream;
  service: string;
  /** Removes secrets, and escapes characters that a terminal obeys, in a line. */
  clean: (line: string) => string;
}

const targets = new WeakMap<Logger, Target>();

/** Lets `accessLog` write directly to the output of this logger. */
export function registerAccessTarget(logger: Logger, target: Target): void {
  targets.set(logger, target);
}

/**
 * Text in which no secret has a recognizable form: each form has a space, a quote, a dot, `:`, `=` or `%`. A UUID and most
 * paths are such a text. In the pattern of a route, `:` begins a name.
 */
const harmless = /^[\w/-]*$/;
const harmlessRoute = /^(?:[\w/-]|:(?=\w))*$/;

/**
 * Returns a function that writes one line per request, in the format of `logger`. It builds the text itself, and searches it
 * for secrets only where the client's part can hold one, which takes a fifth of the time; this line is part of every request.
 * With a logger that `createLogger` did not create, which may have another format, it calls the logger.
 */
export function accessLog(logger: Logger): (access: Access) => void {
  const target = targets.get(logger);
  return (access) => {
    if (!logger.isLevelEnabled(access.level)) return;
    if (target) target.stream.write(lineOf(access, target));
    else logger[access.level]({ ...ids(access.context), ...fields(access) }, 'request');
  };
}

function lineOf(access: Access, { service, clean }: Target): string {
  const text = line(access, service);
  return isHarmless(access) ? text : clean(text);
}

const isHarmless = ({ path, route, context: { requestId, correlationId, principal } }: Access): boolean =>
  harmless.test(path) &&
  harmlessRoute.test(route) &&
  harmless.test(requestId) &&
  (correlationId === requestId || harmless.test(correlationId)) &&
  harmless.test(principal?.subject ?? '');

/** The ids need no escaping: ids from outside are accepted only if their characters are harmless. */
function line(access: Access, service: string): string {
  const { level, context, method, path, route, status, duration } = access;
  const { request_id, correlation_id, trace_id, span_id, principal } = ids(context);
  return (
    `{"level":"${level}","time":"${isoTime(Date.now())}","service":"${service}",` +
    `"request_id":"${request_id}","correlation_id":"${correlation_id}","trace_id":"${trace_id}","span_id":"${span_id}",` +
    (principal === undefined ? '' : `"principal":${JSON.stringify(principal)},`) +
    `"method":"${method}","path":${JSON.stringify(path)},"route":${JSON.stringify(route)},"status":${status},` +
    `"duration_ms":${duration}${access.isAborted ? ',"aborted":true' : ''},"msg":"request"}\n`
  );
}

let second = -1;
let secondText = '';

/** Returns the text of `Date.prototype.toISOString`, most of which is the same for a second. */
function isoTime(now: number): string {
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    secondText = new Date(now).toISOString().slice(0, -4);
  }
  return `${secondText}${String(now % 1000).padStart(3, '0')}Z`;
}

function fields({ method, path, route, status, duration, isAborted }: Access): object {
  return { method, path, route, status, duration_ms: duration, aborted: isAborted || undefined };
}

function ids({ requestId, correlationId, traceparent, principal }: Context) {
  return {
    request_id: requestId,
    correlation_id: correlationId,
    trace_id: traceparent.slice(3, 35),
    span_id: traceparent.slice(36, 52),
    principal: principal?.subject,
  };
}
