import type { Router } from 'express';
import type { AuthConfig } from '../../config/auth-config.ts';
import type { RouteAccess } from './access-check.ts';

interface CheckedRouter {
  readonly path: string;
  readonly express: Router;
  readonly operations: readonly { method: string; path: string; access?: RouteAccess }[];
}

interface Setup {
  config: { auth?: AuthConfig };
  routers: readonly CheckedRouter[];
  authenticator?: object;
  authenticate?: object;
}

/** Throws if the app would admit callers that its configuration or its routes refuse. */
export function checkAccess({ config, routers, authenticator, authenticate }: Setup): void {
  if (config.auth && !authenticator && !authenticate)
    throw new Error(
      'AUTH_ISSUER is set, but createHttpApp has no authenticator; pass createAuthenticator(config, logger) of microservice-runtime/access, or set AUTH=none instead',
    );
  for (const router of routers) {
    if (authenticate) refuseAccess(router);
    if (authenticator) refuseRawRoutes(router);
  }
}

function refuseAccess({ operations }: CheckedRouter): void {
  const open = operations.find(({ access }) => access !== undefined);
  if (open)
    throw new Error(
      `${open.method.toUpperCase()} ${open.path} has "access", which createHttpApp does not check with "authenticate"; replace "authenticate" with an "authenticator"`,
    );
}

/** A route that was added to Express itself would be open to everyone. */
function refuseRawRoutes({ path, express, operations }: CheckedRouter): void {
  const routes = express.stack.filter(({ route }) => route !== undefined).length;
  if (routes > operations.length)
    throw new Error(
      `The router ${path} has a route without "access", added with router.express; add it with router.get, post, put, patch or delete`,
    );
}
