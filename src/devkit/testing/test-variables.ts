import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';

export interface TestAddresses {
  databaseUrl: string;
  bootstrapServers: string;
  groupId: string;
  /** The issuer of the test's tokens, if the service requires tokens. */
  issuer?: string | undefined;
}

/** Variables whose value in .env.example must not apply to a test. */
const notFromExample =
  /^(DATABASE_|KAFKA_|AUTH_(ISSUER|JWKS_URL|ALGORITHMS)$|PORT$|MANAGEMENT_PORT$|HOST$|NODE_ENV$|LOG_LEVEL$)/;

/** Returns the variables of the service's .env.example; empty if it has none. */
export const exampleVariables = async (root: string): Promise<NodeJS.Dict<string>> =>
  parseEnv(await readFile(path.join(root, '.env.example'), 'utf8').catch(() => ''));

/**
 * Returns the environment of a service under test: its own variables from .env.example, the given addresses, a free loopback
 * port, and the log level `error` unless LOG_LEVEL is set.
 */
export async function testVariables(root: string, addresses: TestAddresses): Promise<Record<string, string>> {
  const own = Object.entries(await exampleVariables(root)).filter(([name]) => !notFromExample.test(name));
  return {
    SERVICE_NAME: await packageName(root),
    ...Object.fromEntries(own.map(([name, value]) => [name, value ?? ''])),
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
    DATABASE_URL: addresses.databaseUrl,
    KAFKA_BOOTSTRAP_SERVERS: addresses.bootstrapServers,
    KAFKA_GROUP_ID: addresses.groupId,
    ...(addresses.issuer !== undefined && { AUTH_ISSUER: addresses.issuer }),
  };
}

async function packageName(root: string): Promise<string> {
  const manifest: { name?: string } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  return manifest.name ?? path.basename(root);
}
