import type { Logger } from 'pino';
import type { AuthConfig } from '../config/auth-config.ts';
import type { Authenticator } from '../http/access/authenticator.ts';
import { fetchIssuerKeys } from './issuer-keys.ts';
import { createKeySet } from './key-set.ts';
import { tokenFault } from './token-fault.ts';
import { tokenPrincipal } from './token-principal.ts';
import { createVerifiedTokens } from './verified-tokens.ts';
import { verifyToken } from './verify-token.ts';

export interface AuthenticatorOptions {
  /** Receives failures to read the issuer's keys. */
  logger?: Pick<Logger, 'warn'>;
  /** The clock; default: the system's. */
  now?: () => Date;
}

/**
 * Verifies tokens as a resource server (RFC 9068, section 4; RFC 8725): signature, issuer, audience, expiry and subject.
 * `exp` and `sub` are required. Returns undefined if the configuration requires no tokens (`AUTH=none`). Reads the issuer's
 * keys when the first token arrives, so a service can start before its issuer.
 */
export function createAuthenticator(
  config: { auth?: AuthConfig },
  options?: AuthenticatorOptions,
): Authenticator | undefined {
  return config.auth && jwtAuthenticator(config.auth, options);
}

function jwtAuthenticator(
  auth: AuthConfig,
  { logger, now = () => new Date() }: AuthenticatorOptions = {},
): Authenticator {
  const keys = createKeySet({ fetchKeys: () => fetchIssuerKeys(auth), now, logger });
  const verified = createVerifiedTokens({ keys, now });
  const rules = {
    algorithms: [...auth.algorithms],
    issuer: auth.issuer,
    audience: auth.audience,
    clockTolerance: auth.clockSkew / 1_000,
    requiredClaims: ['exp', 'sub'],
  };
  return {
    async authenticate(token) {
      const known = verified.find(token);
      if (known) return known;
      const { version } = keys;
      try {
        const payload = await verifyToken(token, keys.keyOf, { ...rules, currentDate: now() });
        const principal = tokenPrincipal(payload, auth.rolesClaim);
        const until = (payload.exp ?? 0) * 1_000 + auth.clockSkew;
        verified.keep(token, { principal, until, version });
        return principal;
      } catch (error) {
        throw tokenFault(error);
      }
    },
  };
}
