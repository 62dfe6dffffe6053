import type { JWTPayload } from 'jose';
import type { Principal } from '../context/principal.ts';

/**
 * Returns the caller that verified claims name. Scopes are in `scope` (RFC 8693, section 4.2), or in `scp` as Microsoft and
 * Okta write them. `rolesClaim` is a path such as `realm_access.roles`.
 */
export function tokenPrincipal(claims: JWTPayload, rolesClaim: string): Principal {
  return {
    issuer: claims.iss ?? '',
    subject: claims.sub ?? '',
    scopes: words(claims['scope'] ?? claims['scp']),
    roles: words(rolesClaim in claims ? claims[rolesClaim] : at(claims, rolesClaim.split('.'))),
    claims,
  };
}

function words(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string, unknown>)[step]
        : undefined,
    value,
  );
