import { type ServiceConfig, readEnvironment } from 'microservice-runtime';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { DevError } from './dev-error.ts';

export type Environment = Record<string, string | undefined>;

export interface DevEnvironment {
  /** What every service needs, checked. */
  config: ServiceConfig;
  /** What the service's process is given. */
  environment: Environment;
}

/** Variables of which each service has its own value: where several run, those of the terminal are for none of them. */
const ownOfEach = [
  'SERVICE_NAME',
  'PORT',
  'MANAGEMENT_PORT',
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'KAFKA_GROUP_ID',
];

/** A restart does not wait for the idle connections of a browser. */
const atOnce: Environment = { HTTP_SHUTDOWN_GRACE: '0' };

/** What the terminal gives to each of several services. */
export function sharedEnvironment(given: Environment): Environment {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !ownOfEach.includes(name)));
}

/** Reads `.env` of the service, where `given` wins. Throws a DevError in production, and what readEnvironment does. */
export async function readDevEnvironment(root: string, given: Environment): Promise<DevEnvironment> {
  const text = await readFile(path.join(root, '.env'), 'utf8').catch(() => '');
  const environment: Environment = { ...atOnce, ...parseEnv(text), ...given };
  if (environment['NODE_ENV'] === 'production') {
    throw new DevError(
      'NODE_ENV is production, but dev is for development only. Unset NODE_ENV, or run npm start.',
    );
  }
  return { config: readEnvironment(environment), environment };
}
