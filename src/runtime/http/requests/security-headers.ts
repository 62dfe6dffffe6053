import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/**
 * The headers that helmet sets, taken once: they are the same for every answer, and a dozen handlers a request are not
 * free. Without `upgrade-insecure-requests`, which would keep /docs from loading where TLS ends before the service and
 * someone looks at it directly.
 */
export function securityHeaders(): readonly (readonly [string, string])[] {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const contentSecurityPolicy = { directives: { upgradeInsecureRequests: null } };
  helmet({ contentSecurityPolicy })(response.req, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)] as const);
}
