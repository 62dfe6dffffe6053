import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readPrivateFile, writePrivateFile } from '../../private-file.ts';

/** 144 bits, in characters that need no escaping in a URL, a shell or a `.env` file. */
export const randomPassword = (): string => randomBytes(18).toString('base64url');

/** Returns the password kept next to the data; creates a random one the first time. */
export async function keptPassword(home: string): Promise<string> {
  const file = path.join(home, 'password');
  const kept = (await readPrivateFile(file)).trim();
  if (kept) return kept;
  const password = randomPassword();
  await writePrivateFile(file, `${password}\n`);
  return password;
}
