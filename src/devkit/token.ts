import type { AuthConfig } from 'microservice-runtime';
import { issuerKeyFile } from './dev/servers/data-directory.ts';
import { embeddedIssuer } from './dev/servers/issuer-part.ts';
import { type Service, selectServices } from './dev/services/services.ts';
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
 * Returns a token for the named services of the workspace, else for the service in `cwd`, else for all services that require tokens.
 * It is signed with the key of the embedded issuer. Throws a DevError if a service requires no tokens or those of another issuer, or if
 * one token cannot be valid for all of them.
 */
export async function developmentToken(
  cwd: string,
  names: string[],
  { sub, scope, role }: TokenFlags,
): Promise<string> {
  if (!sub) throw new DevError('token needs the subject of the token: npm run token -- --sub ada');
  const { services, workspace, isOwnFolder } = await selectServices(cwd, names);
  const found = await Promise.all(services.map(settingsOf));
  const isEach = isOwnFolder || names.length > 0;
  const settings = common(isEach ? found.map(required) : found.filter(hasIssuer));
  const key = await openSigningKey(await issuerKeyFile(workspace));
  return signToken(key, { sub, scopes: words(scope), roles: words(role) }, settings);
}

interface Found {
  name: string;
  /** Undefined if the service requires no tokens. */
  auth: AuthConfig | undefined;
}

interface Settings extends Found {
  auth: AuthConfig;
}

async function settingsOf({ name, root }: Service): Promise<Found> {
  const { config } = await readDevEnvironment(root, process.env, () => undefined);
  return { name, auth: config.auth };
}

const hasIssuer = (found: Found): found is Settings =>
  found.auth !== undefined && embeddedIssuer(found.auth) !== undefined;

function required(found: Found): Settings {
  if (hasIssuer(found)) return found;
  const { name, auth } = found;
  if (!auth) throw new DevError(`${name} requires no tokens: AUTH_ISSUER is not set in its .env.`);
  throw new DevError(
    `Only ${auth.issuer} can issue tokens for ${name}. For tokens of dev, set AUTH_ISSUER=http://localhost:9400 in its .env.`,
  );
}

/** The claims of one token that several services accept. */
function common(settings: readonly Settings[]) {
  const [first, ...others] = settings;
  if (!first)
    throw new DevError('No service requires tokens of dev: AUTH_ISSUER=http://localhost:9400 is in no .env.');
  const { issuer, rolesClaim } = first.auth;
  for (const { name, auth } of others) {
    const fault =
      (auth.issuer !== issuer && 'AUTH_ISSUER') || (auth.rolesClaim !== rolesClaim && 'AUTH_ROLES_CLAIM');
    if (fault)
      throw new DevError(
        `${first.name} and ${name} have different values of ${fault}, so no token is valid for both. Name one service: npx microservice-devkit token ${first.name} --sub ada`,
      );
  }
  const audiences = [...new Set(settings.map(({ auth }) => auth.audience))];
  return { issuer, rolesClaim, audience: audiences.length === 1 ? (audiences[0] ?? '') : audiences };
}

/** A flag can be repeated, and can have several words, as in the claim `scope`. */
const words = (values: readonly string[] = []): string[] =>
  values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word !== '');
