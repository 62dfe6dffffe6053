import type { Request, Response } from 'express';
import type joi from 'joi';
import type { Knex } from 'knex';
import type { RouteAccess } from '../access/access-check.ts';
import type { RouteIdempotency } from '../idempotency/key.ts';
import type { RateLimit } from '../rate-limit/rate-limiter.ts';

/**
 * The input, the answers and the documentation of a route. Its schemas are both documented and enforced: the handler gets the
 * validated `req.params`, `req.query` and `req.body`.
 */
export interface Route<Params, Query, Body> {
  summary: string;
  description?: string;
  /** The name of the operation in generated clients; default: derived from the summary. */
  operationId?: string;
  /**
   * The callers of this route, checked before its input. Without an authenticator of the app, everyone; with one, the default
   * is `authenticated`.
   */
  access?: RouteAccess;
  /**
   * The requests of one caller, counted after the access check and before the body is read; 429 for more. The app needs a
   * `rateLimiter`.
   */
  rateLimit?: RateLimit;
  params?: joi.ObjectSchema<Params>;
  query?: joi.ObjectSchema<Query>;
  body?: joi.ObjectSchema<Body>;
  /**
   * The accepted media types of the body, default only `application/json`; any other is answered with 415. List
   * `application/merge-patch+json` only if a PATCH merges nested objects, as RFC 7396 requires.
   */
  mediaTypes?: readonly string[];
  /**
   * Whether `res.json` adds an `ETag`. A GET then answers `If-None-Match` with 304. A PUT, PATCH or DELETE accepts
   * `If-Match`: `ifMatch(req)` returns the condition, which the handler checks in the transaction of the change.
   */
  etag?: boolean;
  /**
   * Whether a POST accepts the header `Idempotency-Key`, or requires it. A request with a key takes effect once: its handler
   * gets a transaction, and must make all changes with it. See docs/idempotency.md.
   */
  idempotency?: RouteIdempotency;
  /** Whether the handler of a GET calls `readAfterEvent`. Documents the headers `Wait-For-Event` and `Stale`. */
  waitForEvent?: boolean;
  /** The schema of each success status; null for an answer without a body. */
  responses: Readonly<Record<number, joi.Schema | null>>;
  /** The problem statuses of this route, besides those of every route. */
  errors?: readonly number[];
}

/**
 * An Express handler; a thrown error or a rejection becomes a problem. `trx` is the transaction of a request with an idempotency
 * key, and undefined for any other request.
 */
export type Handler<Params, Query, Body> = (
  req: Request<Params, unknown, Body, Query>,
  res: Response,
  trx?: Knex.Transaction,
) => unknown;

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A route with its full path in Express's form, for the documentation. */
export interface Operation {
  method: Method;
  path: string;
  tag: string;
  summary: string;
  description?: string;
  operationId?: string;
  access?: RouteAccess;
  rateLimit?: RateLimit;
  params?: joi.ObjectSchema;
  query?: joi.ObjectSchema;
  body?: joi.Schema;
  mediaTypes?: readonly string[];
  /** The largest body, if it differs from the service's setting. */
  bodyLimit?: number | string;
  etag?: boolean;
  idempotency?: RouteIdempotency;
  waitForEvent?: boolean;
  deprecated?: boolean;
  responses: Readonly<Record<number, joi.Schema | null>>;
  errors?: readonly number[];
}

/**
 * Returns the response header that names the accepted media types in a 415 (RFC 5789, section 3.1; RFC 9110, section
 * 15.5.16).
 */
export function acceptHeader(method: Method): string {
  return method === 'patch' ? 'Accept-Patch' : 'Accept';
}
