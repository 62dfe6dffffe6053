import { readFile, writeFile } from 'node:fs/promises';

const toLf = (text: string) => text.replaceAll('\r\n', '\n');

/** Returns the text of a file with LF line endings; `undefined` if it does not exist. */
export async function writtenText(file: string): Promise<string | undefined> {
  const text = await read(file);
  return text === undefined ? undefined : toLf(text);
}

/** Writes `text`, which has LF line endings. A file that has CR LF, as git checks out on Windows, keeps it. */
export async function writeText(file: string, text: string): Promise<void> {
  const before = (await read(file)) ?? '';
  await writeFile(file, before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
