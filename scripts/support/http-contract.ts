import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execute } from './command.ts';

const packages = path.resolve(import.meta.dirname, '..', '..', 'node_modules');

/** Writes the openapi.json of a service in which nothing is installed, with the packages of this repository. */
export async function writeHttpContract(service: string): Promise<void> {
  const link = path.join(service, 'node_modules');
  await symlink(packages, link, 'junction');
  try {
    const command = path.join(packages, 'microservice-runtime', 'dist', 'cli.js');
    await execute(process.execPath, [command, 'contracts'], { cwd: service });
  } finally {
    await rm(link, { force: true });
  }
}
