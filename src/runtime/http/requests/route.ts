import type { Request, Response } from 'express';
import type joi from 'joi';

/**
 * What a route takes, answers and says of itself. The schemas that document it are those that check it: the handler
 * gets `req.params`, `req.query` and `req.body` as the schemas deliver them.
 */
export interface Route<Params, Query, Body> {
  summary: string;
  description?: string;
  /** The name of the operation in generated clients; by default made of the summary. */
  operationId?: string;
  params?: joi.ObjectSchema<Params>;
  query?: joi.ObjectSchema<Query>;
  body?: joi.ObjectSchema<Body>;
  /**
   * The media types that a body may have, `application/json` alone by default; any other is answered with 415. Name
   * `application/merge-patch+json` only where a PATCH does with nested objects what RFC 7396 says: merge them.
   */
  mediaTypes?: readonly string[];
  /**
   * Whether what `res.json` sends has an `ETag`. A GET then answers `If-None-Match` with 304; a PUT, PATCH or DELETE takes
   * `If-Match`, which the handler passes on: `ifMatch(req)` is the condition to check in the transaction of the change.
   */
  etag?: boolean;
  /** The schema of each status that means success; null where the answer has no body. */
  responses: Readonly<Record<number, joi.Schema | null>>;
  /** The statuses of problems that the handler means to answer, beside those that every route may. */
  errors?: readonly number[];
}

/** A handler of Express; what it throws, or rejects with, becomes a problem. */
export type Handler<Params, Query, Body> = (
  req: Request<Params, unknown, Body, Query>,
  res: Response,
) => unknown;

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A route and where it lies, as its documentation needs it; `path` is the whole path in Express's form. */
export interface Operation {
  method: Method;
  path: string;
  tag: string;
  summary: string;
  description?: string;
  operationId?: string;
  params?: joi.ObjectSchema;
  query?: joi.ObjectSchema;
  body?: joi.Schema;
  mediaTypes?: readonly string[];
  /** The largest body, where it is not the service's. */
  bodyLimit?: number | string;
  etag?: boolean;
  responses: Readonly<Record<number, joi.Schema | null>>;
  errors?: readonly number[];
}

/** The header in which a 415 names the media types that are taken (RFC 5789, section 3.1; RFC 9110, section 15.5.16). */
export function acceptHeader(method: Method): string {
  return method === 'patch' ? 'Accept-Patch' : 'Accept';
}
