import { startIssuer } from '../issuer/issuer.ts';
import { signToken, type Caller, type TokenOptions } from '../issuer/sign-token.ts';
import { createSigningKey } from '../issuer/signing-key.ts';
import { exampleVariables } from './test-variables.ts';

/** The issuer of a test's tokens. */
export interface TestIssuer {
  /** The value of AUTH_ISSUER; undefined for a service that requires no tokens. */
  url?: string;
  /** @param auth the tokens that the service accepts. Throws if it requires none. */
  tokenFor: (caller: Caller, auth: TokenOptions | undefined) => string;
  stop: () => Promise<void>;
}

/** Starts an issuer with a key of its own if the service at `root` has an AUTH_ISSUER in its .env.example. */
export async function createTestIssuer(root: string): Promise<TestIssuer> {
  const { AUTH_ISSUER } = await exampleVariables(root);
  const key = createSigningKey();
  const server = AUTH_ISSUER ? await startIssuer({ key }) : undefined;
  return {
    ...(server && { url: server.issuer }),
    tokenFor(caller, auth) {
      if (auth) return signToken(key, caller, auth);
      throw new Error(
        `The service requires no tokens, but the test has one for ${caller.sub}. Set AUTH_ISSUER in .env.example, or remove "as".`,
      );
    },
    stop: async () => server?.stop(),
  };
}
