import { randomUUID, sign } from 'node:crypto';
import type { SigningKey } from './signing-key.ts';

/** The caller that a token names. */
export interface Caller {
  /** The subject: the id of a user or a client. */
  sub: string;
  scopes?: readonly string[];
  roles?: readonly string[];
  /** Further claims; they override the others. */
  claims?: Readonly<Record<string, unknown>>;
}

export interface TokenOptions {
  issuer: string;
  /** The services for which the token is valid. */
  audience: string | readonly string[];
  /** The path of the claim that lists roles, such as `realm_access.roles`. */
  rolesClaim: string;
}

/** The life of a token, in seconds. */
const LIFETIME = 3_600;

/** Returns a JWT access token (RFC 9068) for the caller, valid for an hour. */
export function signToken(
  { privateKey, publicJwk: { kid } }: SigningKey,
  { sub, scopes, roles, claims }: Caller,
  { issuer, audience, rolesClaim }: TokenOptions,
): string {
  const now = Math.floor(Date.now() / 1_000);
  const header = encoded({ alg: 'ES256', typ: 'at+jwt', kid });
  const payload = encoded({
    iss: issuer,
    aud: audience,
    sub,
    iat: now,
    exp: now + LIFETIME,
    jti: randomUUID(),
    ...(scopes && { scope: scopes.join(' ') }),
    ...(roles && nested(rolesClaim.split('.'), roles)),
    ...claims,
  });
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363', // RFC 7518, section 3.4
  });
  return `${header}.${payload}.${signature.toString('base64url')}`;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const nested = ([name = 'roles', ...rest]: readonly string[], value: unknown): object => ({
  [name]: rest.length === 0 ? value : nested(rest, value),
});
