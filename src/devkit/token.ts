import { issuerKeyFile } from './dev/servers/data-directory.ts';
import { embeddedIssuer } from './dev/servers/issuer-part.ts';
import { selectServices } from './dev/services/services.ts';
import { DevError } from './dev/environment/dev-error.ts';
import { readDevEnvironment } from './dev/environment/environment.ts';
import { signToken } from './issuer/sign-token.ts';
import { openSigningKey } from './issuer/signing-key.ts';

/** The values of the flags of `token`. */
export interface TokenFlags {
  sub?: string | undefined;
  scope?: readonly string[] | undefined;
  role?: readonly string[] | undefined;
}

/**
 * Returns a token for the service in `cwd`, signed with the key of the embedded issuer. Throws a DevError if the service
 * requires no tokens, or those of another issuer.
 */
export async function developmentToken(cwd: string, { sub, scope, role }: TokenFlags): Promise<string> {
  if (!sub) throw new DevError('token needs the subject of the token: npm run token -- --sub ada');
  const { services, workspace, isOwnFolder } = await selectServices(cwd, []);
  const [service] = services;
  if (!service || !isOwnFolder)
    throw new DevError('token needs a service. Run it in the folder of a service.');
  const { config } = await readDevEnvironment(service.root, process.env, () => undefined);
  const { auth } = config;
  if (!auth) throw new DevError('This service requires no tokens: AUTH_ISSUER is not set in .env.');
  if (!embeddedIssuer(auth))
    throw new DevError(
      `Only ${auth.issuer} can issue tokens for this service. For tokens of dev, set AUTH_ISSUER=http://localhost:9400 in .env.`,
    );
  const key = await openSigningKey(await issuerKeyFile(workspace));
  return signToken(key, { sub, scopes: words(scope), roles: words(role) }, auth);
}

/** A flag can be repeated, and can have several words, as in the claim `scope`. */
const words = (values: readonly string[] = []): string[] =>
  values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word !== '');
