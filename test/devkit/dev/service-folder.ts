import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findFreePort } from '../../../src/devkit/postgres/server/free-port.ts';

export interface ServiceFolder {
  root: string;
  write: (file: string, text: string) => Promise<void>;
  remove: () => Promise<void>;
}

const repository = path.resolve(import.meta.dirname, '../../..');

/** The smallest service that the devkit can run: inside the repository, so that it finds the packages. */
export async function createServiceFolder(
  files: Record<string, string> = {},
  parent = path.join(repository, '.tmp'),
  name?: string,
): Promise<ServiceFolder> {
  await mkdir(parent, { recursive: true });
  const root = name ? path.join(parent, name) : await mkdtemp(path.join(parent, 'service-'));
  await chmod(root, 0o755).catch(() => undefined); // mkdtemp closes it even to the account of PostgreSQL
  const write = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  };
  const all = {
    'package.json': manifest,
    'migrations/20260101000000_users.ts': migration,
    'src/main.ts': main,
    ...files,
  };
  await Promise.all(Object.entries(all).map(([file, text]) => write(file, text)));
  return { root, write, remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Variables with unused ports, in the form of `.env`. */
export async function freeVariables() {
  const [port, database, kafka] = await Promise.all([1, 2, 3].map(() => findFreePort('127.0.0.1')));
  return {
    SERVICE_NAME: 'user-service',
    PORT: `${port}`,
    DATABASE_URL: `postgres://user:secret@localhost:${database}/users`,
    KAFKA_BOOTSTRAP_SERVERS: `localhost:${kafka}`,
  };
}

export const envText = (variables: Record<string, string>) =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

const manifest = `{ "name": "user-service", "type": "module" }\n`;

const migration = `
import type { Knex } from 'knex';
export const up = (knex: Knex) => knex.schema.createTable('users', (table) => table.text('email').primary());
export const down = (knex: Knex) => knex.schema.dropTable('users');
`;

/** Answers, prints its signals, and drains briefly before it exits, like a service. */
const main = `
import { createServer } from 'node:http';
const server = createServer((_, response) => response.end('ok'));
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('service: up'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    console.log('service: ' + signal);
    server.close(() => setTimeout(() => process.exit(0), 300));
    server.closeAllConnections();
  });
}
`;
