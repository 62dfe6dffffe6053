import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';

export interface TestAddresses {
  databaseUrl: string;
  bootstrapServers: string;
  groupId: string;
}

/** Names that .env.example must not decide for a test. */
const notFromExample = /^(DATABASE_|KAFKA_|PORT$|MANAGEMENT_PORT$|HOST$|NODE_ENV$|LOG_LEVEL$)/;

/**
 * The environment of a service under test: its own variables as .env.example has them, the addresses given here, a free
 * port of loopback, and errors only in the log unless LOG_LEVEL says otherwise.
 */
export async function testVariables(root: string, addresses: TestAddresses): Promise<Record<string, string>> {
  const example = parseEnv(await readFile(path.join(root, '.env.example'), 'utf8').catch(() => ''));
  const own = Object.entries(example).filter(([name]) => !notFromExample.test(name));
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
  };
}

async function packageName(root: string): Promise<string> {
  const manifest: { name?: string } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  return manifest.name ?? path.basename(root);
}
