import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { randomPassword } from '../../postgres/server/password.ts';
import { closeToOthers, writePrivateFile } from '../../private-file.ts';
import { isLocal } from './address.ts';
import { parseDatabaseUrl } from './database-address.ts';
import { DevError } from './dev-error.ts';
import { fillPlaceholder, placeholder } from './placeholder.ts';

/**
 * Completes the `.env` of the service at `root`: writes a missing file from `.env.example`, replaces the placeholder in a file that
 * was copied by hand with a random password, and closes the file to other users. All other bytes stay. Resolves to a line that
 * reports the change; undefined if there was none. Safe to repeat.
 */
export async function completeEnvironment(root: string): Promise<string | undefined> {
  const file = path.join(root, '.env');
  const found = await lstat(file).catch(() => undefined);
  const source = found ? await readable(file) : await exampleOf(root);
  await closeToOthers(file);
  if (source === undefined) return undefined;
  const text = await readFile(source, 'latin1'); // one character per byte
  const filled = fillPlaceholder(text, randomPassword());
  const isFilled = filled !== text;
  if (found && !isFilled) return undefined;
  if (found?.isSymbolicLink())
    throw new DevError(
      `.env is a link, and dev does not write through links. Replace ${placeholder} in it with a password.`,
    );
  await writePrivateFile(file, Buffer.from(filled, 'latin1'));
  if (found) return 'Wrote a random database password to .env.';
  return `Wrote .env from .env.example${isFilled ? ', with a random database password' : ''}.`;
}

/** Skips a pipe: a password manager's pipe can be read only once, and the service must read it. */
async function readable(file: string): Promise<string | undefined> {
  const target = await stat(file).catch(() => undefined);
  return target?.isFile() ? file : undefined;
}

/** Returns the real path of `.env.example`; undefined if there is none. Throws if the path leads out of the folder. */
async function exampleOf(root: string): Promise<string | undefined> {
  const real = await realpath(path.join(root, '.env.example')).catch(() => undefined);
  if (real === undefined) return undefined;
  const way = path.relative(await realpath(root), real);
  if (path.isAbsolute(way) || way.split(path.sep)[0] === '..')
    throw new DevError(
      `.env.example is a link to ${real}, outside of the folder, and is not followed. Replace the link with a copy.`,
    );
  if ((await stat(real)).isFile()) return real;
  throw new DevError('.env.example is not a file. Remove it, or replace it with a file.');
}

/** Returns a warning if the password is the fixed one of versions before 0.2, or as easy to guess; undefined otherwise. */
export function passwordWarning(databaseUrl: string): string | undefined {
  const address = parseDatabaseUrl(databaseUrl);
  if (!isLocal(address) || !['password', 'postgres', address.user].includes(address.password))
    return undefined;
  return `Every user of this machine knows the password of DATABASE_URL in .env. Replace the password by ${placeholder}; the next start writes a random password.`;
}
