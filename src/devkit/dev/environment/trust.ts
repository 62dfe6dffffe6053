import { type Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';

/** The size limit of a file that marks a workspace, in bytes. */
const most = 512 * 2 ** 10;

/**
 * Returns the reason why `file`, which marks a workspace or a service, is not trusted: `absent` if it does not exist, undefined
 * if it is trusted. Git has the same rule (https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory): the
 * file and its folder must belong to this user, to root, or to the owner of `start`, the folder in which the command runs.
 * Other users must not be able to write to either.
 */
export async function distrustOf(file: string, start: string): Promise<string | undefined> {
  const found = await lstat(file).catch(() => undefined);
  if (!found) return 'absent';
  if (!found.isFile()) return 'it is not a regular file';
  if (found.size > most) return `it is larger than ${most} bytes`;
  if (!process.getuid) return undefined; // Windows
  const [folder, here] = await Promise.all([stat(path.dirname(file)), stat(start)]);
  const owners = [process.getuid(), 0, here.uid];
  if (!owners.includes(found.uid)) return `it belongs to user ${found.uid} (if it is yours: chown)`;
  if (!owners.includes(folder.uid)) return `its folder belongs to user ${folder.uid} (if it is yours: chown)`;
  if (isOpen(here) && !isSticky(here)) return undefined; // a file system without permissions, such as a WSL drive
  if (isOpen(found)) return 'every user can write to it; run chmod o-w on it';
  return isOpen(folder) ? 'every user can write to its folder; run chmod o-w on the folder' : undefined;
}

const isOpen = ({ mode }: Stats): boolean => (mode & 0o002) !== 0;
/** Like /tmp: every user can create files in it, and change only their own. */
const isSticky = ({ mode }: Stats): boolean => (mode & 0o1000) !== 0;
