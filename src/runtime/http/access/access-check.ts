import type { Request, RequestHandler } from 'express';
import { setPrincipal } from '../../context/context.ts';
import type { Principal } from '../../context/principal.ts';
import { ForbiddenError, UnauthorizedError } from '../../errors.ts';
import type { Authenticator } from './authenticator.ts';

/**
 * The callers of a route: `anyone`, also without a token; `authenticated`, with any valid token; or those whose token has
 * every one of `scopes` and at least one of `roles`.
 */
export type RouteAccess =
  'anyone' | 'authenticated' | { readonly scopes?: readonly string[]; readonly roles?: readonly string[] };

/** The setting of an Express app that holds its authenticator. */
export const AUTHENTICATOR = 'authenticator';

/**
 * Returns the handler that refuses other callers, and names the caller in the context of the request. It admits everyone if
 * the app has no authenticator.
 */
export function accessCheck(access: RouteAccess): RequestHandler {
  if (access === 'anyone') return (_req, _res, next) => next();
  return async (req, _res, next) => {
    const authenticator = req.app.get(AUTHENTICATOR) as Authenticator | undefined;
    if (!authenticator) return next();
    const principal = await authenticator.authenticate(bearerToken(req));
    setPrincipal(principal);
    if (access !== 'authenticated') requireRights(principal, access);
    next();
  };
}

const bearer = /^bearer +([\w.~+/-]+=*) *$/i;

/**
 * Tokens are read from the header only: a URL ends up in logs (RFC 6750, section 5.3). A second header is refused, since a
 * gateway may have verified the other one.
 */
function bearerToken({ headers: { authorization = '' }, rawHeaders }: Request): string {
  if (isRepeated('authorization', rawHeaders))
    throw new UnauthorizedError('The request has more than one header Authorization.', {
      error: 'invalid_token',
    });
  const token = bearer.exec(authorization)?.[1];
  if (token !== undefined) return token;
  if (/^bearer\b/i.test(authorization))
    throw new UnauthorizedError('The header Authorization has no well-formed token.', {
      error: 'invalid_token',
    });
  throw new UnauthorizedError('This operation requires a token: Authorization: Bearer <token>.');
}

/** Node.js keeps the first of two such headers, and drops the others without an error. */
function isRepeated(name: string, rawHeaders: readonly string[]): boolean {
  const isName = (text: string, index: number) =>
    index % 2 === 0 && text.length === name.length && text.toLowerCase() === name;
  return rawHeaders.findIndex(isName) !== rawHeaders.findLastIndex(isName);
}

function requireRights(
  principal: Principal,
  { scopes = [], roles = [] }: Exclude<RouteAccess, string>,
): void {
  if (!scopes.every((scope) => principal.scopes.includes(scope)))
    throw new ForbiddenError(`This operation requires the scope ${scopes.join(' ')}.`, { scopes });
  if (roles.length > 0 && !roles.some((role) => principal.roles.includes(role)))
    throw new ForbiddenError(`This operation requires the role ${roles.join(' or ')}.`);
}
