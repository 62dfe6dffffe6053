import express, { type RequestHandler, type Router } from 'express';
import { accessCheck } from './access/access-check.ts';
import { rateLimitChecks } from './rate-limit/rate-limit-check.ts';
import { withEntityTag } from './requests/entity-tags.ts';
import { withDeprecation, type Deprecated } from './requests/deprecation.ts';
import { markRoute } from './requests/exchange.ts';
import { checkSchema } from '../schemas/schema-bounds.ts';
import { inputCheck } from './requests/input.ts';
import { idempotentHandler } from './idempotency/idempotent-handler.ts';
import { checkIdempotency } from './idempotency/route-rules.ts';
import { bodyHandlers } from './requests/request-body.ts';
import type { Handler, Method, Operation, Route } from './requests/route.ts';

type AddRoute = <Params = Record<string, string>, Query = Record<string, unknown>, Body = unknown>(
  path: string,
  route: Route<Params, Query, Body>,
  handler: Handler<Params, Query, Body>,
) => void;

/** A router under one path. It validates requests and documents its routes. */
export interface ApiRouter extends Record<Method, AddRoute> {
  readonly path: string;
  readonly tag: string;
  readonly express: Router;
  readonly operations: readonly Operation[];
}

export interface ApiRouterOptions {
  /** The path of the routes, such as `/v1/users`. */
  path: string;
  /** The heading of the routes in the documentation. */
  tag: string;
  /** The largest body, in bytes or as in `100kb`; default: the service's setting. */
  bodyLimit?: number | string;
  /** Announces the end of all routes in every response and in the documentation. */
  deprecated?: Deprecated;
}

/** Creates a router without routes. Paths are those of Express 5, such as `/` and `/:id`. */
export function apiRouter({ path, tag, bodyLimit, deprecated }: ApiRouterOptions): ApiRouter {
  const router = express.Router();
  if (deprecated) router.use(withDeprecation(deprecated));
  const operations: Operation[] = [];
  const add =
    (method: Method): AddRoute =>
    (subPath, route, handler) => {
      const fullPath = subPath === '/' ? path : path + subPath;
      const operation = {
        ...route,
        method,
        path: fullPath,
        tag,
        bodyLimit,
        deprecated: deprecated !== undefined,
      };
      checkSchemas(operation);
      checkIdempotency(operation, handler);
      operations.push(operation);
      const entry = router.route(subPath);
      entry[method](marked(operation.path), accessCheck(route.access ?? 'authenticated'));
      if (route.rateLimit) entry[method](...rateLimitChecks(operation));
      if (route.body) entry[method](...bodyHandlers(method, bodyLimit, route.mediaTypes));
      if (route.etag) entry[method](withEntityTag);
      entry[method](checked(operation, handler));
    };
  const methods = {
    get: add('get'),
    post: add('post'),
    put: add('put'),
    patch: add('patch'),
    delete: add('delete'),
  };
  return { path, tag, express: router, operations, ...methods };
}

/** A refused request has the pattern of its route in its log line, too. */
const marked =
  (path: string): RequestHandler =>
  (_req, res, next) => {
    markRoute(res, path);
    next();
  };

function checked<Params, Query, Body>(
  operation: Operation,
  handler: Handler<Params, Query, Body>,
): RequestHandler<Params, unknown, Body, Query> {
  const check = inputCheck(operation);
  const { idempotency, method, path } = operation;
  const route = `${method.toUpperCase()} ${path}`;
  if (idempotency) return idempotentHandler({ idempotency, route, check, handler });
  return (req, res) => {
    check?.(req);
    return handler(req, res);
  };
}

/** Preparing a schema that is too large would block the process. */
function checkSchemas({ method, path, params, query, body, responses }: Operation): void {
  const of = `of ${method.toUpperCase()} ${path}`;
  for (const [place, schema] of Object.entries({ params, query, body }))
    if (schema) checkSchema(schema, `the ${place} ${of}`);
  for (const [status, schema] of Object.entries(responses))
    if (schema) checkSchema(schema, `the ${status} response ${of}`);
}
