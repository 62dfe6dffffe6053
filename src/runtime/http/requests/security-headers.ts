import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/**
 * Returns helmet's headers, computed once: they are the same for every answer, and a dozen handlers per request are not free.
 * Excludes `upgrade-insecure-requests`, which would break /docs for a user who bypasses the proxy that terminates TLS.
 */
export function securityHeaders(): readonly (readonly [string, string])[] {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const contentSecurityPolicy = { directives: { upgradeInsecureRequests: null } };
  helmet({ contentSecurityPolicy })(response.req, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)] as const);
}
