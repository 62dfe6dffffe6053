import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { withDefaults, type HttpConfig } from '../config/http-config.ts';
import { UnavailableError } from '../errors.ts';
import type { ApiRouter } from './api-router.ts';
import { bareApp } from './bare-app.ts';
import { cors } from './requests/cors.ts';
import { docsRouter } from './documents/docs-router.ts';
import { errorProblem } from './problems/error-problem.ts';
import { exchange, plainExchange } from './requests/exchange.ts';
import {
  createHealth,
  databaseCheck,
  schemaCheck,
  type BusHealth,
  type ReadinessCheck,
} from './management/health.ts';
import { hostCheck, isFromThisMachine } from './requests/local-address.ts';
import { indexRouter } from './documents/index-router.ts';
import { managementRouter } from './management/management-router.ts';
import { createRequestMetrics } from './requests/metrics.ts';
import { openApiDocument, type ApiInfo } from './documents/openapi.ts';
import { otherMethods } from './requests/other-methods.ts';
import { problem, sendProblem } from './problems/problem.ts';
import type { Operation } from './requests/route.ts';
import { createServerState, type ServerState } from './server/server-state.ts';

/** The parts of an event bus that the HTTP app uses. */
export interface HttpBus extends BusHealth {
  readonly registry?: Registry;
}

export interface HttpAppOptions {
  config: { managementPort?: number; serviceName?: string; http?: Partial<HttpConfig> };
  logger: Logger;
  info: ApiInfo;
  routers: readonly ApiRouter[];
  database: Knex;
  bus?: HttpBus;
  /** Runs before every route of `routers`, but not before health, metrics and documentation. */
  authenticate?: RequestHandler;
  /** Readiness checks besides those of the database and its schema. */
  checks?: readonly ReadinessCheck[];
  /** The registry for metrics; default: a registry of this app. */
  registry?: Registry;
  /** The service's folder, which contains its migrations; default: the working directory. */
  root?: string;
}

/** The service's Express app, the app for health and metrics, and the state that they share with their server. */
export interface HttpApp {
  readonly express: Express;
  readonly management: Express;
  readonly state: ServerState;
  readonly openapi: object;
}

/**
 * Adds request ids, logs, metrics, headers, problem responses, health and documentation to the routers. Does not listen: use
 * `httpServer`.
 */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { config, logger, info, routers, bus, authenticate } = options;
  const state = createServerState();
  const metrics = createRequestMetrics(options.registry);
  const registries = [...new Set([metrics.registry, ...(bus?.registry ? [bus.registry] : [])])];
  const own = { health: health(options, state), registries };
  const operations = routers.flatMap((router) => router.operations);
  const { bodyLimit, cors: corsOf, allowedHosts } = withDefaults(config.http);
  const isOurs = hostCheck(allowedHosts);
  const openapi = openApiDocument({ info, operations, bodyLimit, isProtected: authenticate !== undefined });

  const app = bareApp().set('bodyLimit', bodyLimit);
  app.use(exchange({ logger, metrics, state, isOurs }));
  if (corsOf) app.use(cors(corsOf));
  for (const router of routers) {
    if (authenticate) app.use(router.path, authenticate, router.express);
    else app.use(router.path, router.express);
  }
  if (config.managementPort === undefined) app.use(managementRouter({ ...own, mayKnow: isFromThisMachine }));
  app.use(docsRouter(openapi, info.title));
  if (!operations.some(({ path }) => path === '/')) app.use(index(options));
  refuseOtherMethods(app, operations);
  app.use(notFound, failed(logger));

  const management = managementRouter({ ...own, mayKnow: () => true });
  const ownPages = bareApp().use(plainExchange({ state, isOurs }), management, notFound, failed(logger));
  return { express: app, management: ownPages, state, openapi };
}

function health({ database, bus, root, checks = [] }: HttpAppOptions, state: ServerState) {
  return createHealth({
    state,
    bus,
    checks: [databaseCheck(database), schemaCheck(database, root), ...checks],
  });
}

function index({ config, info, routers }: HttpAppOptions): RequestHandler {
  const paths = [...new Set(routers.map(({ path }) => path))];
  return indexRouter({ info, paths, hasManagement: config.managementPort === undefined });
}

function refuseOtherMethods(app: Express, operations: readonly Operation[]): void {
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const here = operations.filter((operation) => operation.path === path);
    app.all(path, otherMethods(here.map(({ method }) => method)));
  }
}

const notFound: RequestHandler = (req, res) => {
  sendProblem(res, problem(404, `No route matches ${req.path}.`));
};

/** An error of express.json; the answer names the supported encodings (RFC 9110, section 12.5.3). */
function isEncodingUnknown(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'encoding.unsupported';
}

function failed(logger: Logger): ErrorRequestHandler {
  return (error, req, res, _next) => {
    const body = errorProblem(error);
    if (res.closed && body.status !== 500) return; // the client is gone, and the access log has a line
    const level = body.status === 500 ? 'error' : 'warn';
    if (body.status >= 500)
      logger[level]({ err: error as unknown, method: req.method, path: req.path }, 'request failed');
    if (isEncodingUnknown(error)) res.setHeader('accept-encoding', 'gzip, deflate, br');
    if (res.headersSent) res.destroy();
    else sendProblem(res, body, error instanceof UnavailableError ? error.retryAfter : undefined);
  };
}
