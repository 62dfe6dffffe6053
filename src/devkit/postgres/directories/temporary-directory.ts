import { chmod, chown, mkdtemp, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Account, closedFolder } from '../server/account.ts';
import { fitsSocket } from '../server/socket.ts';

/**
 * Creates a directory that only we and `account` can enter: in the system's temporary directory, or in /tmp if the account
 * cannot enter that one or its path is too long for a socket.
 */
export async function createTemporaryDirectory(account: Account | undefined): Promise<string> {
  const usual = path.join(os.tmpdir(), 'microservice-postgres-');
  const closed = account && (await closedFolder(usual, account));
  const isLong = !fitsSocket(path.join(`${usual}xxxxxx`, 'data'));
  const directory = await mkdtemp(
    closed || (isLong && (await hasTmp())) ? '/tmp/microservice-postgres-' : usual,
  );
  if (account) {
    await chown(directory, 0, account.gid);
    await chmod(directory, 0o710);
  }
  return directory;
}

const hasTmp = (): Promise<boolean> =>
  stat('/tmp').then(
    (found) => found.isDirectory(),
    () => false,
  );
