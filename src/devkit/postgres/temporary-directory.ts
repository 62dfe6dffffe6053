import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Account, closedFolder } from './account.ts';

/** Makes a directory that `account` may enter: in the system's temporary directory, or in /tmp where that one is closed. */
export async function createTemporaryDirectory(account: Account | undefined): Promise<string> {
  const usual = path.join(os.tmpdir(), 'microservice-postgres-');
  const closed = account && (await closedFolder(usual, account));
  const directory = await mkdtemp(closed ? '/tmp/microservice-postgres-' : usual);
  if (account) await chmod(directory, 0o755);
  return directory;
}

/** Removes a directory with all in it; does nothing without one. */
export async function removeDirectory(directory: string | undefined): Promise<void> {
  if (directory) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
