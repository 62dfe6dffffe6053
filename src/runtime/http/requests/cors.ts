import type { Request, RequestHandler, Response } from 'express';
import type { CorsConfig } from '../../config/cors-config.ts';

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const exposed =
  'accept-patch, allow, etag, event-id, location, ratelimit, ratelimit-policy, retry-after, stale, www-authenticate, x-request-id';
/** How long a browser may cache a preflight, in seconds. */
const MAX_AGE = '600';

/**
 * Lets pages of the given origins call the service (https://fetch.spec.whatwg.org/#http-cors-protocol). Preflights carry no
 * token, so this must precede authentication. Any header is allowed, since the origin is trusted or all origins are.
 */
export function cors({ origins, credentials }: CorsConfig): RequestHandler {
  const isOpen = origins.includes('*');
  const named = new Set(origins);
  return (req, res, next) => {
    const origin = isOpen ? '*' : req.headers.origin;
    if (!isOpen) res.setHeader('vary', 'origin');
    const isAllowed = origin !== undefined && named.has(origin);
    if (isAllowed) res.setHeader('access-control-allow-origin', origin);
    if (isAllowed && credentials) res.setHeader('access-control-allow-credentials', 'true');
    if (isPreflight(req)) return answerPreflight(req, res, isAllowed);
    if (isAllowed) res.setHeader('access-control-expose-headers', exposed);
    next();
  };
}

function isPreflight({ method, headers }: Request): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

function answerPreflight(req: Request, res: Response, isAllowed: boolean): void {
  const wanted = req.headers['access-control-request-headers'];
  res.vary('access-control-request-headers');
  if (isAllowed) {
    res.setHeader('access-control-allow-methods', methods);
    res.setHeader('access-control-max-age', MAX_AGE);
    if (wanted !== undefined) res.setHeader('access-control-allow-headers', wanted);
  }
  res.status(204).end();
}
