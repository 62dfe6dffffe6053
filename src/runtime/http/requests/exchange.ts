import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { runInContext, type Context } from '../../context/context.ts';
import { childTraceparent } from '../../context/traceparent.ts';
import { beginRequestWork } from '../../database/request-work.ts';
import { accessLog } from '../../logging/access-log.ts';
import { answerLastEvent, changes } from './last-event.ts';
import type { RequestMetrics } from './metrics.ts';
import { sendProblem } from '../problems/problem.ts';
import { forbidden } from '../server/refused-requests.ts';
import { securityHeaders } from './security-headers.ts';
import type { ServerState } from '../server/server-state.ts';

type HostCheck = (host: string) => boolean;

interface Options {
  logger: Logger;
  metrics: RequestMetrics;
  state: ServerState;
  /** Whether the service answers for a host. */
  isOurs: HostCheck;
}

/** Requests for these endpoints are frequent and uninteresting, so they are logged at `debug`. */
const ownPages = new Set(['/health/live', '/health/ready', '/metrics']);
const acceptableId = /^[\w.:/+=@-]{1,128}$/;

/** Stores the route pattern of a request, for its log line and its metrics. */
export function markRoute(res: Response, path: string): void {
  res.locals['routePattern'] = path;
}

function routeOf(res: Response): string {
  const pattern: unknown = res.locals['routePattern'];
  return typeof pattern === 'string' ? pattern : '';
}

/** The minimum for requests without `exchange`: the answer counts as pending, and requests that HTTP forbids are refused. */
export function plainExchange({ state, isOurs }: Pick<Options, 'state' | 'isOurs'>): RequestHandler {
  return (req, res, next) => {
    if (!state.begin(res)) return;
    res.on('close', () => state.end(res));
    handOn(isOurs, req, res, next);
  };
}

function handOn(isOurs: HostCheck, req: Request, res: Response, next: NextFunction): void {
  const body = forbidden(req, isOurs);
  if (!body) return next();
  res.setHeader('connection', 'close');
  sendProblem(res, body);
}

/**
 * The first handler of every request: assigns an id (the caller's `x-request-id` if it is acceptable), a context and a trace,
 * sets the common headers, and writes one log line and one measurement at the end of the exchange.
 */
export function exchange({ logger, metrics, state, isOurs }: Options): RequestHandler {
  const setSecurityHeaders = securityHeaders();
  const log = accessLog(logger);
  return (req, res, next) => {
    if (!state.begin(res)) return;
    const begun = performance.now();
    const context = contextOf(req);
    setSecurityHeaders(res);
    res.setHeader('x-request-id', context.requestId);
    if (changes(req.method)) answerLastEvent(res, context);
    const work = beginRequestWork(context);
    res.on('close', () => {
      if (res.writableEnded) work.finish();
      else work.abandon();
      const duration = performance.now() - begun;
      const route = routeOf(res);
      state.end(res);
      metrics.observe(req.method, route, res.statusCode, duration / 1000);
      log({
        level: ownPages.has(route) ? 'debug' : 'info',
        context,
        method: req.method,
        path: pathOf(req),
        route,
        status: res.statusCode,
        duration: Math.round(duration * 100) / 100,
        isAborted: !res.writableFinished,
      });
    });
    runInContext(context, () => handOn(isOurs, req, res, next));
  };
}

function contextOf({ headers }: Request): Context {
  const requestId = acceptable(headers['x-request-id']) ?? randomUUID();
  return {
    requestId,
    correlationId: acceptable(headers['x-correlation-id']) ?? requestId,
    traceparent: childTraceparent(acceptable(headers['traceparent'])),
  };
}

/** Ids end up in logs and headers, so an id that could break either is replaced. */
function acceptable(id: string | string[] | undefined): string | undefined {
  return typeof id === 'string' && acceptableId.test(id) ? id : undefined;
}

/** The path without its query, which may contain private data. */
function pathOf({ originalUrl }: Request): string {
  const query = originalUrl.indexOf('?');
  return query === -1 ? originalUrl : originalUrl.slice(0, query);
}
