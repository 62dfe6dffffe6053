import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AuthConfig } from '../config/auth-config.ts';
import { withDefaults, type HttpConfig } from '../config/http-config.ts';
import { TooManyRequestsError, UnavailableError } from '../errors.ts';
import type { Part } from '../lifecycle/part.ts';
import { accessCheck, AUTHENTICATOR } from './access/access-check.ts';
import type { Authenticator } from './access/authenticator.ts';
import { challenge } from './access/challenge.ts';
import { checkAccess } from './access/setup.ts';
import type { ApiRouter } from './api-router.ts';
import { setUpIdempotency } from './idempotency/setup.ts';
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
import { createRateLimitMetrics } from './rate-limit/metrics.ts';
import { RATE_LIMITS, type AppRateLimits } from './rate-limit/rate-limit-check.ts';
import type { RateLimiter } from './rate-limit/rate-limiter.ts';
import { checkRateLimits } from './rate-limit/setup.ts';
import { createServerState, type ServerState } from './server/server-state.ts';

/** The parts of an event bus that the HTTP app uses. */
export interface HttpBus extends BusHealth {
  readonly registry?: Registry;
}

export interface HttpAppOptions {
  config: {
    managementPort?: number;
    serviceName?: string;
    http?: Partial<HttpConfig>;
    auth?: AuthConfig;
    /** The key for fingerprints of requests with an idempotency key; required in production if a route has `idempotency`. */
    idempotencySecret?: string;
    nodeEnv?: string;
  };
  logger: Logger;
  info: ApiInfo;
  routers: readonly ApiRouter[];
  database: Knex;
  bus?: HttpBus;
  /**
   * Verifies the tokens of callers, for the `access` of routes: `createAuthenticator(config)` of `microservice-runtime/access`.
   * Undefined: the service accepts every caller.
   */
  authenticator?: Authenticator;
  /**
   * A handler of your own for another way to authenticate. It runs before every route of `routers`, but not before health,
   * metrics and documentation. With it, no route can have `access`.
   */
  authenticate?: RequestHandler;
  /** Counts requests, for the `rateLimit` of routes: `createRateLimiter(database, { logger })` of `microservice-runtime/rate-limit`. */
  rateLimiter?: RateLimiter;
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
  /** Work in the background while the server runs. */
  readonly jobs: readonly Required<Part>[];
}

/**
 * Adds request ids, logs, metrics, headers, problem responses, health and documentation to the routers. Does not listen: use
 * `httpServer`.
 */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { config, logger, info, routers, bus, authenticate, authenticator, rateLimiter } = options;
  checkAccess(options);
  checkRateLimits(options);
  const state = createServerState();
  const metrics = createRequestMetrics(options.registry);
  const registries = [...new Set([metrics.registry, ...(bus?.registry ? [bus.registry] : [])])];
  const operations = routers.flatMap((router) => router.operations);
  const app = bareApp();
  const idempotency = setUpIdempotency(app, { ...options, operations });
  const checks = [...(idempotency ? [idempotency.check] : []), ...(options.checks ?? [])];
  const own = { health: health({ ...options, checks }, state), registries };
  const { bodyLimit, cors: corsOf, allowedHosts, docs } = withDefaults(config.http);
  const isOurs = hostCheck(allowedHosts);
  const isProtected = (authenticator ?? authenticate) !== undefined;
  const openapi = openApiDocument({ info, operations, bodyLimit, isProtected, hasBus: bus !== undefined });
  const sendFailure = failed(logger, config.serviceName ?? info.title);

  app.set('bodyLimit', bodyLimit).set(AUTHENTICATOR, authenticator);
  if (rateLimiter) app.set(RATE_LIMITS, rateLimits(rateLimiter, metrics.registry));
  app.use(exchange({ logger, metrics, state, isOurs }));
  if (corsOf) app.use(cors(corsOf));
  for (const router of routers) {
    if (authenticate) app.use(router.path, authenticate, router.express);
    else app.use(router.path, router.express);
  }
  if (config.managementPort === undefined) app.use(managementRouter({ ...own, mayKnow: isFromThisMachine }));
  const pages: RequestHandler[] = [docsRouter(openapi, info.title)];
  if (!operations.some(({ path }) => path === '/')) pages.push(index(options));
  const check = authenticate ?? (authenticator ? accessCheck('authenticated') : notFound);
  if (docs === 'closed') app.all(documentPaths, check);
  for (const page of pages) app.use(page);
  refuseOtherMethods(app, operations);
  app.use(notFound, sendFailure);

  const management = managementRouter({ ...own, mayKnow: () => true });
  const ownPages = bareApp().use(plainExchange({ state, isOurs }), management, notFound, sendFailure);
  const jobs = idempotency ? [idempotency.pruner] : [];
  return { express: app, management: ownPages, state, openapi, jobs };
}

/** The pages that describe the service. Health and metrics never need a token. */
const documentPaths = ['/', '/openapi.json', '/docs', '/docs/*file'];

const rateLimits = (limiter: RateLimiter, registry: Registry): AppRateLimits => ({
  limiter,
  metrics: createRateLimitMetrics(registry),
});

function health({ database, bus, root, rateLimiter, checks = [] }: HttpAppOptions, state: ServerState) {
  return createHealth({
    state,
    bus,
    checks: [databaseCheck(database), schemaCheck(database, root), ...rateLimitCheck(rateLimiter), ...checks],
  });
}

const rateLimitCheck = (limiter: RateLimiter | undefined): ReadinessCheck[] =>
  limiter?.check ? [{ name: 'rate limit', check: () => limiter.check?.() ?? Promise.resolve() }] : [];

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

function failed(logger: Logger, realm: string): ErrorRequestHandler {
  return (error, req, res, _next) => {
    const body = errorProblem(error);
    if (res.closed && body.status !== 500) return; // the client is gone, and the access log has a line
    const level = body.status === 500 ? 'error' : 'warn';
    if (body.status >= 500)
      logger[level]({ err: error as unknown, method: req.method, path: req.path }, 'request failed');
    if (isEncodingUnknown(error)) res.setHeader('accept-encoding', 'gzip, deflate, br');
    const wanted = challenge(error, realm);
    if (wanted !== undefined && !res.headersSent) res.setHeader('www-authenticate', wanted);
    if (res.headersSent) res.destroy();
    else sendProblem(res, body, retryAfterOf(error));
  };
}

const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof UnavailableError || error instanceof TooManyRequestsError ? error.retryAfter : undefined;
