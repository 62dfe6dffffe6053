import { type ServiceConfig, readEnvironment } from 'microservice-runtime';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { DevError } from './dev-error.ts';
import { readEnvironmentText } from './environment-text.ts';

export type Environment = Record<string, string | undefined>;

export interface DevEnvironment {
  /** The validated settings that every service has. */
  config: ServiceConfig;
  /** The environment of the service's process. */
  environment: Environment;
}

/** Variables with a different value in each service. If several services run, the terminal's values apply to none of them. */
const ownOfEach = [
  'SERVICE_NAME',
  'PORT',
  'MANAGEMENT_PORT',
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'KAFKA_GROUP_ID',
];

/** A restart must not wait for a browser's idle connections. */
const atOnce: Environment = { HTTP_SHUTDOWN_GRACE: '0' };

/** Returns the part of the terminal's environment that applies to each of several services. */
export function sharedEnvironment(given: Environment): Environment {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !ownOfEach.includes(name)));
}

/**
 * Reads the service's `.env`; `given` takes precedence. `say` receives a wait. Throws a DevError in production, and the errors of readEnvironment.
 */
export async function readDevEnvironment(
  root: string,
  given: Environment,
  say: (line: string) => void,
): Promise<DevEnvironment> {
  const text = await readEnvironmentText(path.join(root, '.env'), say);
  const environment: Environment = { ...atOnce, ...parseEnv(text), ...given };
  if (environment['NODE_ENV'] === 'production') {
    throw new DevError(
      'NODE_ENV is production, but dev is for development only. Unset NODE_ENV, or run npm start.',
    );
  }
  return { config: readEnvironment(environment), environment };
}
