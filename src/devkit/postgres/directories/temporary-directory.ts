import { chmod, chown, mkdtemp, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Account, closedFolder } from '../server/account.ts';
import { fitsSocket } from '../server/socket.ts';

/**
 * Makes a directory that only we and `account` may enter: in the system's temporary directory, or in /tmp where that one is
 * closed to the account, or so long that the path of a socket would not fit.
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
