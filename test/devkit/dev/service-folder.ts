import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface ServiceFolder {
  root: string;
  write: (file: string, text: string) => Promise<void>;
  remove: () => Promise<void>;
}

const repository = path.resolve(import.meta.dirname, '../../..');

/** The smallest service that the devkit can run: inside the repository, so that it finds the packages. */
export async function createServiceFolder(files: Record<string, string> = {}): Promise<ServiceFolder> {
  await mkdir(path.join(repository, '.tmp'), { recursive: true });
  const root = await mkdtemp(path.join(repository, '.tmp', 'service-'));
  const write = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  };
  const all = { 'package.json': manifest, 'migrations/20260101000000_users.ts': migration, ...files };
  await Promise.all(Object.entries(all).map(([file, text]) => write(file, text)));
  return { root, write, remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }) };
}

const manifest = `{ "name": "user-service", "type": "module" }\n`;

const migration = `
import type { Knex } from 'knex';
export const up = (knex: Knex) => knex.schema.createTable('users', (table) => table.text('email').primary());
export const down = (knex: Knex) => knex.schema.dropTable('users');
`;
