import type { Request, RequestHandler } from 'express';
import { jsonBody, jsonTypes } from './json-body.ts';
import { acceptHeader, type Method } from './route.ts';

/** The handlers that read the body of a route, where it is of a media type that the route takes, and refuse another one. */
export function bodyHandlers(
  method: Method,
  bodyLimit: number | string | undefined,
  mediaTypes: readonly string[] = jsonTypes,
): RequestHandler[] {
  const types = [...mediaTypes];
  return [jsonParser(bodyLimit, types), requireType(method, types)];
}

/** Without a limit of the router's own, the app's setting `bodyLimit` counts, which is known when a request comes. */
function jsonParser(bodyLimit: number | string | undefined, types: string[]): RequestHandler {
  let parse: RequestHandler | undefined;
  return (req, res, next) => {
    parse ??= jsonBody(bodyLimit ?? (req.app.get('bodyLimit') as number), types);
    return parse(req, res, next);
  };
}

/** The parser leaves the body undefined when it is of another type; a body that is missing is for the schema to tell. */
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
