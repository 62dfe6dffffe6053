import {
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from 'jose';

/** The keys that are tried for a token whose header fits several of them, so a forged token costs a bounded time. */
const MOST_KEYS = 8;
/** RFC 9068, section 4, and RFC 7519, section 5.1: most issuers write `JWT`, or nothing. */
const accessTokenTypes = new Set(['jwt', 'at+jwt']);

/**
 * Resolves to the claims of an access token that meets `rules`, with a subject. Rejects with an error of jose. A token of another
 * declared type, such as the logout token of the same issuer, is not an access token (RFC 8725, section 3.11).
 */
export async function verifyToken(
  token: string,
  keyOf: JWTVerifyGetKey,
  rules: JWTVerifyOptions,
): Promise<JWTPayload> {
  const { payload, protectedHeader } = await verified(token, keyOf, rules);
  if (!isAccessToken(protectedHeader.typ))
    throw new errors.JWTClaimValidationFailed('unexpected "typ" value', payload, 'typ');
  if (typeof payload.sub !== 'string' || payload.sub === '')
    throw new errors.JWTClaimValidationFailed('"sub" is not a text', payload, 'sub');
  return payload;
}

const isAccessToken = (type: unknown): boolean =>
  type === undefined ||
  (typeof type === 'string' && accessTokenTypes.has(type.toLowerCase().replace(/^application\//, '')));

/** A token may have no key id, and two keys of an issuer may have the same one; then the signature decides. */
async function verified(
  token: string,
  keyOf: JWTVerifyGetKey,
  rules: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keyOf, rules);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let tried = 0;
    for await (const key of error) {
      if ((tried += 1) > MOST_KEYS) break;
      const result = await jwtVerify(token, key, rules).catch(unlessSignature);
      if (result) return result;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function unlessSignature(error: unknown): undefined {
  if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
}
