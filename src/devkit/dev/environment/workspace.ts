import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { printError } from '../../terminal.ts';
import { distrustOf } from './trust.ts';

export type Note = (line: string) => void;

const printNote: Note = (line) => printError(`microservice-devkit: note: ${line}`);

/**
 * Returns the nearest workspace at or above `folder`; undefined if there is none. A marker file that belongs to another user,
 * or that every user can write to, is ignored and reported to `note`.
 */
export async function findWorkspace(folder: string, note: Note = printNote): Promise<string | undefined> {
  const start = path.resolve(folder);
  for (let at = start; ; at = path.dirname(at)) {
    if (await isWorkspace(at, start, note)) return at;
    if (at === path.dirname(at)) return undefined;
  }
}

const yoRc = '.yo-rc.json';

async function isWorkspace(folder: string, start: string, note: Note): Promise<boolean> {
  for (const file of ['docker-compose.kafka.yml', yoRc].map((name) => path.join(folder, name))) {
    const distrust = await distrustOf(file, start);
    if (distrust === 'absent') continue;
    if (distrust !== undefined) note(ignored(file, distrust));
    else if (path.basename(file) !== yoRc || (await remembersWorkspace(file))) return true;
  }
  return false;
}

const remembersWorkspace = async (file: string): Promise<boolean> =>
  /"generator"\s*:\s*"workspace"/.test(await readFile(file, 'utf8').catch(() => ''));

const ignored = (file: string, distrust: string): string => `${file} is ignored: ${distrust}.`;
