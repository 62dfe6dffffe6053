import joi from 'joi';
import { allowedHosts, hostVariables, type HostVariables } from './allowed-hosts.ts';
import { corsConfig, corsVariables, type CorsConfig, type CorsVariables } from './cors-config.ts';

/** How the HTTP server treats its connections. Times are in milliseconds. */
export interface HttpConfig {
  /** How long a connection may be idle: longer than whatever stands before the service keeps it. */
  keepAliveTimeout: number;
  /** Within which a request's headers must come; 408 after it. */
  headersTimeout: number;
  /** Within which a whole request must come; 408 after it. */
  requestTimeout: number;
  /** How long idle connections stay open after the service was told to stop, since a request may be on its way. */
  shutdownGrace: number;
  /** The largest body in bytes, where the router does not say otherwise. */
  bodyLimit: number;
  /** Which pages may call the service; absent where none of another origin may. */
  cors?: CorsConfig;
  /** The hosts that it answers to, beside those of this machine; absent where it answers to any. */
  allowedHosts?: readonly string[];
}

/** The variables of HTTP as the environment holds them, checked. */
export interface HttpVariables extends CorsVariables, HostVariables {
  HTTP_KEEP_ALIVE_TIMEOUT: number;
  HTTP_HEADERS_TIMEOUT: number;
  HTTP_REQUEST_TIMEOUT: number;
  HTTP_SHUTDOWN_GRACE: number;
  HTTP_BODY_LIMIT: number;
}

/** The defaults that do not depend on others. */
const KEEP_ALIVE = 65_000;
const HEADERS = 30_000;
const REQUEST = 60_000;
const BODY = 102_400;

/** What other defaults follow from. */
interface Given {
  NODE_ENV?: string;
  SHUTDOWN_TIMEOUT: number;
}

/** The rules for the variables of HTTP. The defaults of some follow from others. */
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
  ...corsVariables,
  ...hostVariables,
};

/** Builds the configuration of HTTP from variables that have been checked. */
export function httpConfig(variables: HttpVariables): HttpConfig {
  return {
    keepAliveTimeout: variables.HTTP_KEEP_ALIVE_TIMEOUT,
    headersTimeout: variables.HTTP_HEADERS_TIMEOUT,
    requestTimeout: variables.HTTP_REQUEST_TIMEOUT,
    shutdownGrace: variables.HTTP_SHUTDOWN_GRACE,
    bodyLimit: variables.HTTP_BODY_LIMIT,
    cors: corsConfig(variables),
    allowedHosts: allowedHosts(variables),
  };
}

/** Fills in what is absent as the variables would. */
export function withDefaults(config: Partial<HttpConfig> = {}, shutdownTimeout = 0): HttpConfig {
  return {
    keepAliveTimeout: KEEP_ALIVE,
    headersTimeout: Math.min(HEADERS, config.requestTimeout ?? REQUEST),
    requestTimeout: REQUEST,
    shutdownGrace: shutdownGrace({ SHUTDOWN_TIMEOUT: shutdownTimeout }),
    bodyLimit: BODY,
    ...config,
  };
}

/** A quarter of the time for stopping, of which requests in flight get three; none in tests, which stop often. */
function shutdownGrace({ NODE_ENV, SHUTDOWN_TIMEOUT }: Given): number {
  return NODE_ENV === 'test' ? 0 : Math.floor(SHUTDOWN_TIMEOUT / 4);
}

function milliseconds(least: number): joi.NumberSchema {
  return joi.number().empty('').integer().min(least);
}
