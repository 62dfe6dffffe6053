import { ForbiddenError, UnauthorizedError } from '../../errors.ts';

/**
 * Returns the header `WWW-Authenticate` of the answer to an error (RFC 6750, section 3); undefined if the answer has none. A
 * request without a token gets no error code.
 */
export function challenge(error: unknown, realm: string): string | undefined {
  if (error instanceof UnauthorizedError)
    return bearerChallenge({ realm, error: error.error, error_description: error.error && error.message });
  if (error instanceof ForbiddenError && error.scopes !== undefined)
    return bearerChallenge({ realm, error: 'insufficient_scope', scope: error.scopes.join(' ') });
  return undefined;
}

const bearerChallenge = (parameters: Record<string, string | undefined>): string =>
  `Bearer ${Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${quotable(value)}"`]))
    .join(', ')}`;

/** Keeps the characters that the values may have (RFC 6750, section 3). */
const quotable = (text: string): string => text.replaceAll(/[^\x20-\x7e]|["\\]/g, "'");
