import { execFile } from 'node:child_process';
import { cp, lchown, lstat, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode } from '../../errors.ts';
import { type Account, environmentFor } from '../server/account.ts';

const execute = promisify(execFile);

/**
 * Options for a program that runs with the rights of PostgreSQL's account in a directory which that account owns. The account can
 * replace any file in the directory with a link at any moment, so root itself must not read, copy or remove files there.
 */
const within = (directory: string, { uid, gid }: Account) => ({
  uid,
  gid,
  cwd: directory,
  env: environmentFor({ uid, gid }),
});

/** Copies a directory to a new one that the account owns. Rejects with the error of `cp` if a file cannot be read. */
export async function copyDirectory(from: string, to: string, account: Account | undefined): Promise<void> {
  if (!account) return cp(from, to, { recursive: true, verbatimSymlinks: true });
  await mkdir(to, { mode: 0o700 });
  await lchown(to, account.uid, account.gid);
  await execute('cp', ['-RPp', '.', to], within(from, account));
}

/** How often removal is tried: a server that is stopping can still write files. */
const attempts = 5;

/** Removes a directory and its contents; does nothing if there is none. Rejects if the owner cannot remove an entry. */
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
