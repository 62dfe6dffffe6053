import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { eventName, type EventContract, type ServiceContract } from '../../contracts/event-contract.ts';
import { parseDatabaseUrl } from '../../dev/environment/database-address.ts';
import type { Service } from '../../dev/services/services.ts';
import { errorMessage } from '../../errors.ts';
import { installedVersion } from '../running/programs.ts';
import { readContractOf } from './contract-file.ts';
import { readManifest } from './manifest.ts';
import { ownCommandsOf } from './own-commands.ts';

/** An event in a list. */
interface ListedEvent {
  name: string;
  topic: string;
}

export interface ServiceFacts {
  name: string;
  /** The version in its package.json. */
  version?: string;
  /** From `.env`, or from `.env.example` if that is missing. */
  port?: string;
  /** The address of its database, without the password. */
  database?: string;
  /** The installed version of microservice-runtime. */
  runtime?: string;
  /** The version of create-microservice that wrote its files. */
  generator?: string;
  publishes: ListedEvent[];
  consumes: ListedEvent[];
  commands: string[];
  /** Parts that cannot be read. */
  problems: string[];
}

/** Reads the facts about a service from its files. Never rejects: a part that cannot be read is a problem in the result. */
export async function factsOf({ name, root }: Service): Promise<ServiceFacts> {
  const problems: string[] = [];
  const attempt = async <Value>(read: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await read;
    } catch (error) {
      problems.push(errorMessage(error));
      return undefined;
    }
  };
  const [manifest, environment, contract, generator, commands] = await Promise.all([
    attempt(readManifest(root)),
    attempt(environmentOf(root)),
    attempt(readContractOf(root)),
    generatorOf(root),
    ownCommandsOf(root),
  ]);
  const runtime = installedVersion(root, 'microservice-runtime');
  return {
    name,
    ...(manifest?.version !== undefined && { version: manifest.version }),
    ...environment,
    ...(runtime !== undefined && { runtime }),
    ...(generator !== undefined && { generator }),
    ...eventsOf(contract),
    commands,
    problems,
  };
}

async function environmentOf(root: string): Promise<Pick<ServiceFacts, 'port' | 'database'>> {
  const read = (file: string) => readFile(path.join(root, file), 'utf8');
  const text = await read('.env').catch(() => read('.env.example'));
  const { PORT, DATABASE_URL } = parseEnv(text);
  return {
    ...(PORT !== undefined && { port: PORT }),
    ...(DATABASE_URL !== undefined && { database: parseDatabaseUrl(DATABASE_URL).shown }),
  };
}

async function generatorOf(root: string): Promise<string | undefined> {
  const text = await readFile(path.join(root, '.yo-rc.json'), 'utf8').catch(() => '');
  const [, version] = /"generator"[^}]*?"version"\s*:\s*"([^"]+)"/.exec(text) ?? [];
  return version;
}

const eventsOf = (contract: ServiceContract | undefined): Pick<ServiceFacts, 'publishes' | 'consumes'> => ({
  publishes: (contract?.published ?? []).map(listed),
  consumes: (contract?.consumed ?? []).map(listed),
});

const listed = (event: EventContract): ListedEvent => ({ name: eventName(event), topic: event.topic });
