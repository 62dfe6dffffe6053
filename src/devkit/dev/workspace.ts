import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The workspace that holds the service at `root`: the nearest folder above it that is one; undefined without one. */
export async function findWorkspace(root: string): Promise<string | undefined> {
  for (let folder = path.dirname(path.resolve(root)); ; folder = path.dirname(folder)) {
    if (await isWorkspace(folder)) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

async function isWorkspace(folder: string): Promise<boolean> {
  if (existsSync(path.join(folder, 'docker-compose.kafka.yml'))) return true;
  const remembered = await readFile(path.join(folder, '.yo-rc.json'), 'utf8').catch(() => '{}');
  return /"generator"\s*:\s*"workspace"/.test(remembered);
}
