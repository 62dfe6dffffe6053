import type { Request, RequestHandler } from 'express';
import { jsonBody, jsonTypes } from './json-body.ts';
import { acceptHeader, type Method } from './route.ts';

/** Returns the handlers that read a route's body if its media type is accepted, and refuse it otherwise. */
export function bodyHandlers(
  method: Method,
  bodyLimit: number | string | undefined,
  mediaTypes: readonly string[] = jsonTypes,
): RequestHandler[] {
  const types = [...mediaTypes];
  return [jsonParser(bodyLimit, types), requireType(method, types)];
}

/** Without a limit of its own, the router uses the app's `bodyLimit`, which is known only when a request arrives. */
function jsonParser(bodyLimit: number | string | undefined, types: string[]): RequestHandler {
  let parse: RequestHandler | undefined;
  return (req, res, next) => {
    parse ??= jsonBody(bodyLimit ?? (req.app.get('bodyLimit') as number), types);
    return parse(req, res, next);
  };
}

/** The parser leaves the body undefined if its media type does not match; a missing body is reported by the schema. */
function requireType(method: Method, mediaTypes: string[]): RequestHandler {
  const taken = mediaTypes.join(', ');
  return (req, res, next) => {
    if (req.body !== undefined || !hasBody(req) || req.is(mediaTypes) !== false) return next();
    res.setHeader(acceptHeader(method), taken);
    const seen = req.headers['content-type'] ?? 'a body without Content-Type';
    const message = `The body must be ${mediaTypes.join(' or ')}, not ${seen}.`;
    return next(Object.assign(new Error(message), { status: 415, expose: true }));
  };
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
