import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './usage-error.ts';
import { command } from './version.ts';

export const yoRcFile = '.yo-rc.json';

/** What a generator remembers in the folder that it wrote, under `create-microservice` in `.yo-rc.json`. */
export interface Remembered {
  generator: string;
  /** The version of create-microservice that wrote the folder. */
  version: string;
  answers: Record<string, unknown>;
  /** Of a service: each table with the columns that migrations gave it, as fields are typed. */
  tables?: Record<string, string> | undefined;
}

/** What a run in this folder left, or undefined. Throws a UsageError when the file is there and cannot be read. */
export async function readYoRc(folder: string): Promise<Remembered | undefined> {
  const all = await readAll(folder);
  const own = all?.[command] as Partial<Remembered> | undefined;
  if (!own) return undefined;
  const { generator, version = '', answers, tables } = own;
  if (typeof generator === 'string' && typeof answers === 'object' && answers !== null) {
    return { generator, version, answers, ...(tables && { tables }) };
  }
  throw new UsageError(
    `${path.join(folder, yoRcFile)} has no generator and answers under "${command}": mend or delete it`,
  );
}

/** The text of `.yo-rc.json` with `remembered` in it; what other Yeoman generators keep there stays. */
export async function yoRcText(folder: string, remembered: Remembered): Promise<string> {
  const all = { ...(await readAll(folder)), [command]: remembered };
  return `${JSON.stringify(all, null, 2)}\n`;
}

async function readAll(folder: string): Promise<Record<string, unknown> | undefined> {
  const file = path.join(folder, yoRcFile);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new UsageError(`cannot read ${file}: ${error.message}`);
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${file} is not JSON (${(error as Error).message}): mend or delete it`);
  }
}
