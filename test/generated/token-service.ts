import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { collect, end, start } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { untilReady } from '../../scripts/support/until-ready.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { bundledCommand, quick, succeed } from '../generators/support/command.ts';
import { changedFiles, readmeSteps } from './readme-changes.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

/** A service whose callers need tokens, changed as docs/access.md shows. */
export interface TokenService {
  folder: string;
  port: number;
  /** The commands of docs/access.md. */
  commands: string[];
  /** An environment with an issuer and a broker of its own. */
  environment: NodeJS.ProcessEnv;
  /** Runs `use` while the service runs with its embedded parts. */
  whileRunning: (variables: NodeJS.ProcessEnv, use: (url: string) => Promise<void>) => Promise<void>;
  remove: () => Promise<void>;
}

export async function writeTokenService(): Promise<TokenService> {
  const page = await readFile(path.join(root, 'docs', 'access.md'), 'utf8');
  const steps = readmeSteps(page, 'Example');
  const commands = steps.flatMap((step) => (step.kind === 'run' ? [step.command] : []));
  assert.equal(commands[0], 'npm init microservice order -- --auth jwt');
  const home = await temporaryFolder('token-service');
  const free = () => findFreePort('127.0.0.1');
  const [port, databasePort] = [await free(), await free()];
  await bundledCommand();
  const ports = ['--port', `${port}`, '--database-port', `${databasePort}`];
  await succeed(home, 'order', '--auth', 'jwt', '--kubernetes', ...ports, ...quick);
  const folder = path.join(home, 'order-service');
  await linkModules(folder);
  const files = steps.flatMap((step) => (step.kind === 'edit' ? [step.file] : []));
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(path.join(folder, file), 'utf8')] as const),
  );
  for (const [file, text] of changedFiles(new Map(texts), '', steps))
    await writeFile(path.join(folder, file), text);
  const environment = {
    ...process.env,
    AUTH_ISSUER: `http://localhost:${await free()}`,
    KAFKA_BOOTSTRAP_SERVERS: `localhost:${await free()}`,
  };

  async function whileRunning(variables: NodeJS.ProcessEnv, use: (url: string) => Promise<void>) {
    const env = { ...environment, ...variables };
    const child = start('npm', ['run', 'dev', '--', '--no-watch'], { cwd: folder, env });
    const output = collect(child);
    const url = `http://localhost:${port}`;
    try {
      await untilReady(`${url}/health/ready`, child, output);
      await use(url);
    } finally {
      await end(child);
    }
  }

  const remove = () => rm(home, { recursive: true, force: true, maxRetries: 5 });
  return { folder, port, commands, environment, whileRunning, remove };
}

/** Gives the service the packages of this repository, with the commands of its two packages, which are built later than installed. */
async function linkModules(folder: string): Promise<void> {
  const [from, to] = [path.join(root, 'node_modules'), path.join(folder, 'node_modules')];
  await mkdir(path.join(to, '.bin'), { recursive: true });
  const link = async (name: string) => symlink(path.join(from, name), path.join(to, name));
  const names = (await readdir(from)).filter((name) => !name.startsWith('.'));
  const commands = (await readdir(path.join(from, '.bin'))).filter(
    (name) => !name.startsWith('microservice-'),
  );
  await Promise.all([...names, ...commands.map((name) => path.join('.bin', name))].map(link));
  for (const name of ['microservice-runtime', 'microservice-devkit']) {
    const program = path.join(from, name, 'dist', 'cli.js');
    const text = `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`;
    await writeFile(path.join(to, '.bin', name), text, { mode: 0o755 });
  }
}
