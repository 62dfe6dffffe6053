import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The workspace that `folder` is or lies in: the nearest folder, upwards, that is one; undefined without one. */
export async function findWorkspace(folder: string): Promise<string | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (await isWorkspace(at)) return at;
    if (at === path.dirname(at)) return undefined;
  }
}

async function isWorkspace(folder: string): Promise<boolean> {
  if (existsSync(path.join(folder, 'docker-compose.kafka.yml'))) return true;
  const remembered = await readFile(path.join(folder, '.yo-rc.json'), 'utf8').catch(() => '{}');
  return /"generator"\s*:\s*"workspace"/.test(remembered);
}
