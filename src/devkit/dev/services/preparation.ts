import type { ServiceConfig } from 'microservice-runtime';
import { dataDirectory } from '../servers/data-directory.ts';
import { type Holder, lockDirectory } from '../../processes/directory-lock.ts';
import { completeEnvironment, passwordWarning } from '../environment/environment-file.ts';
import { type DevEnvironment, type Environment, readDevEnvironment } from '../environment/environment.ts';
import { migrate } from './migrations.ts';
import type { Output } from '../output/output.ts';
import { silence, tellIfSlow } from '../../patience.ts';
import type { Parts } from '../servers/parts.ts';
import { portsFree } from '../servers/ports.ts';
import type { Service } from './services.ts';

/** A service that is ready to start. */
export interface Prepared extends DevEnvironment {
  service: Service;
  /** The description of its PostgreSQL for the user. */
  database: string;
  /** The description of its Kafka for the user. */
  kafka: string;
}

/** A service that another `dev` runs. */
export interface RunningAlready {
  service: Service;
  config: ServiceConfig;
  holder: Holder;
}

export interface PreparationOptions {
  /** The part of the terminal's environment that applies to the service. */
  given: Environment;
  partsOnly: boolean;
  parts: Parts;
  isStopping: () => boolean;
  output: Output;
}

/**
 * Prepares everything that a service needs: `.env`, free ports, PostgreSQL, Kafka and an up-to-date schema. Resolves to
 * undefined if it was stopped meanwhile. Rejects with an error whose message names the remedy.
 */
export async function prepare(
  service: Service,
  { given, partsOnly, parts, isStopping, output }: PreparationOptions,
): Promise<Prepared | RunningAlready | undefined> {
  const { root } = service;
  const { say } = output;
  const done = await completeEnvironment(root);
  const { config, environment } = await readDevEnvironment(root, given, say);
  for (const line of [done, passwordWarning(config.databaseUrl)]) if (line) say(line);
  if (!partsOnly) {
    const lock = await lockDirectory(await dataDirectory(root, 'service.json'), {
      host: 'localhost',
      port: config.port,
    });
    if (!('release' in lock)) return { service, config, holder: lock };
    parts.onStop(lock.release);
    await portsFree(config, { isStopping, say });
  }
  if (isStopping()) return undefined;
  const [database, kafka] = await Promise.all([
    parts.database(root, config.databaseUrl, output),
    parts.kafka(config.kafka),
    parts.issuer(config.auth),
  ]);
  if (isStopping()) return undefined;
  if (!partsOnly) await migrateFirst(root, config.databaseDirectUrl, output);
  return { service, config, environment, database, kafka };
}

async function migrateFirst(root: string, databaseUrl: string, { say, detail }: Output): Promise<void> {
  const waits = 'Migrations  are running, or wait for another program that runs them';
  const names = await tellIfSlow(migrate(root, databaseUrl), () => say(waits), silence.working);
  if (names.length > 0) say(`Migrations  applied ${names.join(', ')}`);
  else detail('Migrations  up to date');
}
