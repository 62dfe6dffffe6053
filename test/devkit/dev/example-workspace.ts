import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { findFreePort } from '../../../src/devkit/postgres/server/free-port.ts';

const repository = path.resolve(import.meta.dirname, '../../..');

export interface ExampleService {
  root: string;
  url: string;
  databaseUrl: string;
}

export interface ExampleWorkspace {
  root: string;
  user: ExampleService;
  notification: ExampleService;
  remove: () => Promise<void>;
}

/** A copy of examples/shop, inside the repository so that it finds the packages, with unused ports. */
export async function copyExampleWorkspace(): Promise<ExampleWorkspace> {
  await mkdir(path.join(repository, '.tmp'), { recursive: true });
  const root = await mkdtemp(path.join(repository, '.tmp', 'shop-'));
  await chmod(root, 0o755);
  const filter = (source: string) => !/[/\\](node_modules|\.microservice|\.env)$/.test(source);
  await cp(path.join(repository, 'examples', 'shop'), root, { recursive: true, filter });
  const kafka = `localhost:${await findFreePort('127.0.0.1')}`;
  const [user, notification] = await Promise.all(
    ['user-service', 'notification-service'].map((name) =>
      moveService(path.join(root, 'services', name), kafka),
    ),
  );
  if (!user || !notification) throw new Error(`no services in ${root}: ${(await readdir(root)).join(', ')}`);
  return {
    root,
    user,
    notification,
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 20 }),
  };
}

async function moveService(root: string, kafka: string): Promise<ExampleService> {
  const [port, databasePort] = await Promise.all([findFreePort('127.0.0.1'), findFreePort('127.0.0.1')]);
  const example = await readFile(path.join(root, '.env.example'), 'utf8');
  const moved = example
    .replaceAll('RANDOM_PASSWORD', randomBytes(18).toString('base64url'))
    .replace(/^PORT=.*$/m, `PORT=${port}`)
    .replace(/^(DATABASE_URL=.*@localhost:)\d+/m, `$1${databasePort}`)
    .replace(/^KAFKA_BOOTSTRAP_SERVERS=.*$/m, `KAFKA_BOOTSTRAP_SERVERS=${kafka}`);
  await writeFile(path.join(root, '.env'), moved);
  return { root, url: `http://localhost:${port}`, databaseUrl: parseEnv(moved)['DATABASE_URL'] ?? '' };
}
