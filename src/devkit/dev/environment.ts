import { type ServiceConfig, readEnvironment } from 'microservice-runtime';
import { constants } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DevError } from './dev-error.ts';

/**
 * Reads `.env` of the service into this process, where what is set already wins, and checks what every service needs.
 * A missing `.env` is written from `.env.example`. Refuses production.
 */
export async function readDevEnvironment(root: string, say: (line: string) => void): Promise<ServiceConfig> {
  await assertService(root);
  const file = path.join(root, '.env');
  if (await copyExample(root)) say('Wrote .env from .env.example.');
  if (await exists(file)) process.loadEnvFile(file);
  if (process.env['NODE_ENV'] === 'production') {
    throw new DevError(
      'NODE_ENV is production, and embedded parts are for development only. Unset it, or run npm start.',
    );
  }
  return readEnvironment(process.env);
}

async function assertService(root: string): Promise<void> {
  if (await exists(path.join(root, 'src', 'main.ts'))) return;
  throw new DevError(`${root} has no src/main.ts. Run microservice-devkit dev in the folder of a service.`);
}

async function copyExample(root: string): Promise<boolean> {
  const copied = copyFile(path.join(root, '.env.example'), path.join(root, '.env'), constants.COPYFILE_EXCL);
  return copied.then(
    () => true,
    () => false,
  );
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
