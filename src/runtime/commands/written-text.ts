import { readFile } from 'node:fs/promises';

/** The text of a file, `undefined` when it is not there. */
export async function writtenText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
