import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { collect, end, execute, start } from '../../scripts/support/command.ts';
import { untilReady } from '../../scripts/support/until-ready.ts';
import { everyType } from '../support/every-type.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';

const repository = path.resolve(import.meta.dirname, '..', '..');
const command = path.join(repository, 'dist', 'create-microservice.js');
const devkit = path.join(repository, 'node_modules', 'microservice-devkit', 'dist', 'cli.js');

export interface EveryTypeService {
  url: string;
  stop: () => Promise<void>;
}

/**
 * Generates a service with the built command, inside the repository so that it finds the built packages, and runs it with
 * its own PostgreSQL and broker: `/v1/things` has a field of every type, `/v1/maybes` the same, all optional.
 */
export async function startEveryTypeService(): Promise<EveryTypeService> {
  await mkdir(path.join(repository, '.tmp'), { recursive: true });
  const folder = await mkdtemp(path.join(repository, '.tmp', 'every-type-'));
  await chmod(folder, 0o755);
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 20 });
  const ports = await Promise.all([1, 2, 3].map(() => findFreePort('127.0.0.1')));
  const service = await generate(folder, ports);
  const child = start(process.execPath, [devkit, 'dev', '--no-watch'], { cwd: service });
  const output = collect(child);
  const url = `http://127.0.0.1:${ports[0]}`;
  const stop = async () => {
    await end(child);
    await remove();
  };
  try {
    await untilReady(`${url}/health/ready`, child, output);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function generate(folder: string, [port, databasePort, kafkaPort]: number[]): Promise<string> {
  const fields = (modifier: string) =>
    everyType.map(([word, type]) => `my${word}:${type}${modifier}`).join(' ');
  await execute(
    process.execPath,
    [
      ...[command, 'service', 'probe', '--yes', '--no-install', '--no-git'],
      ...['--port', String(port), '--database-port', String(databasePort)],
      ...['--resource', 'thing', '--fields', fields('')],
      ...['--resource', 'maybe', '--fields', fields(':optional')],
    ],
    { cwd: folder },
  );
  const service = path.join(folder, 'probe-service');
  const file = path.join(service, '.env');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^(KAFKA_BOOTSTRAP_SERVERS)=.*$/m, `$1=localhost:${kafkaPort}`));
  return service;
}
