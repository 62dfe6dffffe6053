import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { refuseLink } from '../own-folder.ts';
import { type DirectoryLock, type Holder, lockDirectory } from '../processes/directory-lock.ts';

/** Another broker uses the directory. */
export class DirectoryTakenError extends Error {
  override name = 'DirectoryTakenError';
  readonly holder: Holder;

  constructor(directory: string, holder: Holder) {
    super(
      `The directory ${directory} belongs to the broker at ${holder.host}:${holder.port} (process ${holder.pid}): ` +
        'use that broker, stop it, or choose another directory',
    );
    this.holder = holder;
  }
}

export const lockFile = (directory: string): string => path.join(directory, 'broker.lock');

/**
 * Locks the directory for the broker that listens on `address`, and creates it if it does not exist. Rejects with a
 * `DirectoryTakenError` if another broker has it.
 */
export async function lockForBroker(
  directory: string,
  address: { host: string; port: number },
): Promise<DirectoryLock> {
  await refuseLink(directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(lockFile(directory), address);
  if ('release' in lock) return lock;
  throw new DirectoryTakenError(directory, lock);
}
