import type { Principal } from '../../context/principal.ts';

/** Verifies the tokens of callers. */
export interface Authenticator {
  /**
   * Resolves to the caller that the token names. Rejects with an UnauthorizedError if the token is not valid, and with an
   * UnavailableError if that cannot be decided at the moment.
   */
  authenticate(token: string): Promise<Principal>;
}
