import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/**
 * Returns a function that sets helmet's headers, which are computed once: they are the same for every answer, and a dozen
 * handlers per request are not free. Handlers may change and remove them. Excludes `upgrade-insecure-requests`, which would
 * break /docs for a user who bypasses the proxy that terminates TLS.
 */
export function securityHeaders(): (res: ServerResponse) => void {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const contentSecurityPolicy = { directives: { upgradeInsecureRequests: null } };
  helmet({ contentSecurityPolicy })(response.req, response, () => undefined);
  const headers = Object.entries(response.getHeaders()).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return (res) => {
    for (const [name, value] of headers) res.setHeader(name, value);
  };
}
