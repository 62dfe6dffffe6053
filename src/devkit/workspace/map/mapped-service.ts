import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { isObject, listAt, objectAt, textAt } from '../../contracts/schema/json.ts';
import { parseDatabaseUrl } from '../../dev/environment/database-address.ts';
import type { Service } from '../../dev/services/services.ts';
import { readContractOf } from '../facts/contract-file.ts';
import type { MappedService } from './system-map.ts';

/** Reads the committed files of a service. Rejects with a DevError if its contract cannot be read. */
export async function mappedService({ name, root }: Service): Promise<MappedService> {
  const [contract, environment, answers, sagas, projections] = await Promise.all([
    readContractOf(root),
    readFile(path.join(root, '.env.example'), 'utf8').catch(() => ''),
    answersOf(root),
    codeIn(root, 'sagas'),
    codeIn(root, 'projections'),
  ]);
  const { PORT, DATABASE_URL } = parseEnv(environment);
  return {
    name,
    contract,
    ...(DATABASE_URL !== undefined && { database: parseDatabaseUrl(DATABASE_URL).database }),
    ...(PORT !== undefined && { port: PORT }),
    clients: listAt(answers, 'clients').flatMap((client) => clientOf(client)),
    sagas,
    projections,
  };
}

async function answersOf(root: string): Promise<unknown> {
  const text = await readFile(path.join(root, '.yo-rc.json'), 'utf8').catch(() => '{}');
  try {
    return objectAt(objectAt(JSON.parse(text), 'create-microservice'), 'answers');
  } catch {
    return {};
  }
}

function clientOf(client: unknown): MappedService['clients'] {
  const [name, url] = [textAt(client, 'name'), textAt(client, 'url')];
  if (!isObject(client) || name === undefined) return [];
  return [{ name, ...(url !== undefined && { url }) }];
}

/** The names of the files in a folder of `src/`. */
async function codeIn(root: string, folder: string): Promise<string[]> {
  const files = await readdir(path.join(root, 'src', folder)).catch(() => []);
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.basename(file, '.ts'))
    .toSorted();
}
