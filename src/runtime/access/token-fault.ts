import { errors } from 'jose';
import { UnauthorizedError } from '../errors.ts';

/** The answer to a claim that is not as required. */
const ofClaim: Record<string, string> = {
  aud: 'The token is for another audience.',
  exp: 'The token has no expiry time.',
  iss: 'The token is from another issuer.',
  nbf: 'The token is not valid yet.',
  sub: 'The token has no subject.',
  typ: 'The token is not an access token.',
};

/** Converts an error of jose to an UnauthorizedError whose message never repeats the token; returns any other error unchanged. */
export function tokenFault(error: unknown): unknown {
  if (!(error instanceof errors.JOSEError)) return error;
  return new UnauthorizedError(faultText(error), { error: 'invalid_token', cause: error });
}

function faultText(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed)
    return ofClaim[error.claim] ?? 'A claim of the token is not valid.';
  if (error instanceof errors.JOSEAlgNotAllowed)
    return 'The signature algorithm of the token is not accepted.';
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is not signed with a key of its issuer.';
  return 'The token is not valid.';
}
