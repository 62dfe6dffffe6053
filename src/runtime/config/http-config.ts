import joi from 'joi';
import { allowedHosts, hostVariables, type HostVariables } from './allowed-hosts.ts';
import { corsConfig, corsVariables, type CorsConfig, type CorsVariables } from './cors-config.ts';

/** The HTTP server's settings. Times are in milliseconds. */
export interface HttpConfig {
  /** The longest time that a connection may be idle: longer than that of the proxy in front of the service. */
  keepAliveTimeout: number;
  /** The time limit for the headers of a request; answered with 408. */
  headersTimeout: number;
  /** The time limit for a whole request; answered with 408. */
  requestTimeout: number;
  /** How long idle connections stay open during shutdown, since a request may be on its way. */
  shutdownGrace: number;
  /** The largest body in bytes, unless the router has its own limit. */
  bodyLimit: number;
  /** The pages that may call the service; undefined if no page of another origin may. */
  cors?: CorsConfig;
  /** The hosts that the service answers for, besides those of this machine; undefined for any. */
  allowedHosts?: readonly string[];
  /** Whether everyone may read `/docs` and `/openapi.json`, or only callers with a token; `closed` without tokens: nobody. */
  docs: 'open' | 'closed';
}

/** The validated variables of HTTP. */
export interface HttpVariables extends CorsVariables, HostVariables {
  HTTP_KEEP_ALIVE_TIMEOUT: number;
  HTTP_HEADERS_TIMEOUT: number;
  HTTP_REQUEST_TIMEOUT: number;
  HTTP_SHUTDOWN_GRACE: number;
  HTTP_BODY_LIMIT: number;
  DOCS: HttpConfig['docs'];
}

/** The defaults that do not depend on other variables. */
const KEEP_ALIVE = 65_000;
const HEADERS = 30_000;
const REQUEST = 60_000;
const BODY = 102_400;

/** The variables that determine other defaults. */
interface Given {
  NODE_ENV?: string;
  SHUTDOWN_TIMEOUT: number;
}

/** The rules for the variables of HTTP. Some defaults depend on other variables. */
export const httpVariables: joi.SchemaMap = {
  HTTP_KEEP_ALIVE_TIMEOUT: milliseconds(1).default(KEEP_ALIVE),
  HTTP_HEADERS_TIMEOUT: milliseconds(1)
    .max(joi.ref('HTTP_REQUEST_TIMEOUT'))
    .default(({ HTTP_REQUEST_TIMEOUT }: HttpVariables) => Math.min(HEADERS, HTTP_REQUEST_TIMEOUT))
    .messages({ 'number.max': 'must be at most HTTP_REQUEST_TIMEOUT' }),
  HTTP_REQUEST_TIMEOUT: milliseconds(1).default(REQUEST),
  HTTP_SHUTDOWN_GRACE: milliseconds(0)
    .max(joi.ref('SHUTDOWN_TIMEOUT', { adjust: (timeout: number) => timeout / 2 }))
    .default(shutdownGrace)
    .messages({ 'number.max': 'must be at most half of SHUTDOWN_TIMEOUT' }),
  HTTP_BODY_LIMIT: joi.number().empty('').integer().min(1).default(BODY),
  DOCS: joi.string().empty('').valid('open', 'closed').default('open'),
  ...corsVariables,
  ...hostVariables,
};

export function httpConfig(variables: HttpVariables): HttpConfig {
  return {
    keepAliveTimeout: variables.HTTP_KEEP_ALIVE_TIMEOUT,
    headersTimeout: variables.HTTP_HEADERS_TIMEOUT,
    requestTimeout: variables.HTTP_REQUEST_TIMEOUT,
    shutdownGrace: variables.HTTP_SHUTDOWN_GRACE,
    bodyLimit: variables.HTTP_BODY_LIMIT,
    cors: corsConfig(variables),
    allowedHosts: allowedHosts(variables),
    docs: variables.DOCS,
  };
}

/** Adds the variables' defaults for missing settings. */
export function withDefaults(config: Partial<HttpConfig> = {}, shutdownTimeout = 0): HttpConfig {
  return {
    keepAliveTimeout: KEEP_ALIVE,
    headersTimeout: Math.min(HEADERS, config.requestTimeout ?? REQUEST),
    requestTimeout: REQUEST,
    shutdownGrace: shutdownGrace({ SHUTDOWN_TIMEOUT: shutdownTimeout }),
    bodyLimit: BODY,
    docs: 'open',
    ...config,
  };
}

/** A quarter of the shutdown time, of which pending requests get three quarters; 0 in tests, which stop often. */
function shutdownGrace({ NODE_ENV, SHUTDOWN_TIMEOUT }: Given): number {
  return NODE_ENV === 'test' ? 0 : Math.floor(SHUTDOWN_TIMEOUT / 4);
}

function milliseconds(least: number): joi.NumberSchema {
  return joi.number().empty('').integer().min(least);
}
