import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { commandLine } from '../processes/command-line.ts';
import type { Account } from './server/account.ts';

/** How long a server that is shutting down may still hold its data directory. */
const patience = 5_000;

/**
 * Waits until no server uses the data directory. In the lock file of a killed server, the process id is replaced with ours:
 * PostgreSQL refuses to start if the old id now belongs to another program, but treats the id of its parent as stale. It
 * still checks whether a backend of the killed server uses its shared memory (CreateLockFile in
 * src/backend/utils/init/miscinit.c). Throws if a server stays.
 */
export async function clearStaleServer(directory: string, account: Account | undefined): Promise<void> {
  const file = path.join(directory, 'postmaster.pid');
  const deadline = Date.now() + patience;
  for (;;) {
    const [pid, ...rest] = (await readPrivateFile(file)).split('\n');
    if (!pid) return rm(file, { force: true }); // no file, or a link
    if (!(await isServer(Number(pid), directory)))
      return writePrivateFile(file, [process.pid, ...rest].join('\n'), account);
    if (Date.now() > deadline) {
      throw new Error(
        `Another PostgreSQL (process ${pid}, port ${rest[2]}) uses ${directory}. Stop the process that started it, and try again.`,
      );
    }
    await delay(50);
  }
}

async function isServer(pid: number, directory: string): Promise<boolean> {
  return (await commandLine(pid)).includes(directory);
}
