import { execFile } from 'node:child_process';
import { cp, lchown, lstat, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode } from '../../errors.ts';
import { type Account, environmentFor } from '../server/account.ts';

const execute = promisify(execFile);

/**
 * A directory that root has given to the account of PostgreSQL: the account may put a link in the place of any file or folder
 * in it, at any moment. So root itself neither reads, copies nor removes what is in it: programs with the rights of the account do.
 */
const within = (directory: string, { uid, gid }: Account) => ({
  uid,
  gid,
  cwd: directory,
  env: environmentFor({ uid, gid }),
});

/** Copies a directory to a new one, which is the account's as well. Throws what `cp` says of a file that cannot be read. */
export async function copyDirectory(from: string, to: string, account: Account | undefined): Promise<void> {
  if (!account) return cp(from, to, { recursive: true, verbatimSymlinks: true });
  await mkdir(to, { mode: 0o700 });
  await lchown(to, account.uid, account.gid);
  await execute('cp', ['-RPp', '.', to], within(from, account));
}

/** How often a directory is emptied in which a server that is ending may still write. */
const attempts = 5;

/** Removes a directory with all in it; does nothing without one. Rejects where something in it is not its owner's to remove. */
export async function removeDirectory(directory: string | undefined): Promise<void> {
  const found = directory && (await lstat(directory).catch(() => undefined));
  if (!found) return;
  if (process.getuid?.() !== 0 || !found.isDirectory())
    return rm(directory, { recursive: true, force: true, maxRetries: attempts });
  if (found.uid === 0)
    for (const name of await readdir(directory)) await removeDirectory(path.join(directory, name));
  else return removeForeign(directory, found);
  await rmdir(directory);
}

async function removeForeign(directory: string, owner: Account): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const emptied = execute('sh', ['-c', 'rm -rf -- * .[!.]* ..?*'], within(directory, owner));
    const complaint: unknown = await emptied.then(
      () => undefined,
      (error: unknown) => error,
    );
    try {
      return await rmdir(directory);
    } catch (error) {
      if (errorCode(error) !== 'ENOTEMPTY' || attempt === attempts) throw complaint ?? error;
    }
    await delay(100 * attempt);
  }
}
