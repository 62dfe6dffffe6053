import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { randomPassword } from '../postgres/password.ts';
import { closeToOthers, writePrivateFile } from '../private-file.ts';
import { isLocal } from './address.ts';
import { parseDatabaseUrl } from './database-address.ts';
import { DevError } from './dev-error.ts';

/** Stands in `.env.example` for a password that each copy of the repository has of its own. */
const placeholder = 'RANDOM_PASSWORD';

/**
 * Sees to it that the service at `root` has a `.env` with a password of its own that no other user of the machine can read:
 * writes a missing one from `.env.example`, replaces the placeholder in one that was copied by hand, and closes it. Resolves to
 * a line that says what was done; undefined where nothing was to do. Safe to repeat.
 */
export async function completeEnvironment(root: string): Promise<string | undefined> {
  const file = path.join(root, '.env');
  const found = await lstat(file).catch(() => undefined);
  const source = found ? file : path.join(root, '.env.example');
  const text = await readFile(source, 'utf8').catch(() => undefined);
  await closeToOthers(file);
  if (text === undefined) return undefined;
  const isFilled = text.includes(placeholder);
  if (found && !isFilled) return undefined;
  if (found?.isSymbolicLink())
    throw new DevError(`.env is a link, and its ${placeholder} stands for a password: put one there.`);
  await writePrivateFile(file, text.replaceAll(placeholder, randomPassword()));
  if (found) return 'Put a random password for the database into .env.';
  return `Wrote .env from .env.example${isFilled ? ', with a random password for the database' : ''}.`;
}

/** What to say of a password in the address that is the one that versions before 0.2 wrote, or as easy to guess. */
export function passwordWarning(databaseUrl: string): string | undefined {
  const address = parseDatabaseUrl(databaseUrl);
  if (!isLocal(address) || !['password', 'postgres', address.user].includes(address.password))
    return undefined;
  return `Every user of this machine knows the password of DATABASE_URL in .env. Write ${placeholder} in its place: the next start puts a random one there.`;
}
