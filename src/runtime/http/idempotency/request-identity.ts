import { createHmac, hash } from 'node:crypto';
import { currentPrincipal } from '../../context/context.ts';

/** A request with a key. */
export interface RequestIdentity {
  /** Equal for all requests of one caller to one route with one key: a hash, so the table holds no keys and no names. */
  id: Buffer;
  /** Equal for equal requests. */
  fingerprint: Buffer;
}

interface KeyedRequest {
  /** The method and the pattern of the route, such as `POST /v1/users`. */
  route: string;
  key: string;
  secret: string;
}

/**
 * Returns the identity of a request, whose body is the one that the client sent. The fingerprint is an HMAC, because a plain hash of a
 * body with a short secret could be guessed from a copy of the table. The id does not depend on `secret`, so a repeated
 * request is refused after a change of the secret, and does not take effect again.
 */
export function requestIdentity(
  { method, originalUrl, body }: { method: string; originalUrl: string; body?: unknown },
  { route, key, secret }: KeyedRequest,
): RequestIdentity {
  const { issuer, subject } = currentPrincipal() ?? {};
  const id = hash('sha256', JSON.stringify([route, issuer, subject, key]), 'buffer');
  const request = JSON.stringify([method, originalUrl, canonical(body)]);
  return { id, fingerprint: createHmac('sha256', secret).update(request).digest() };
}

/** Sorts the keys of objects at every depth, since their order has no meaning in JSON (RFC 8259, section 4). */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, canonical(each)]));
}
