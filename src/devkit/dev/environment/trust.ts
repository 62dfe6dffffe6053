import { type Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';

/** The bytes that a file may have that says where a workspace is. */
const most = 512 * 2 ** 10;

/**
 * Why a file that says where a workspace is cannot be trusted; undefined where it can, `absent` where it is not there. As for git
 * (https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory) it and its folder must belong to this
 * user, to root, or to whom the folder `start` belongs, in which the command runs. Others must not have the right to write to them.
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
  if (isOpen(here) && !isSticky(here)) return undefined; // as on a file system without rights: there is nothing to guard
  if (isOpen(found)) return 'every user may write to it (close it: chmod o-w)';
  return isOpen(folder) ? 'every user may write to its folder (close it: chmod o-w)' : undefined;
}

const isOpen = ({ mode }: Stats): boolean => (mode & 0o002) !== 0;
/** As /tmp is: everybody may write to it, and to nobody else's file. */
const isSticky = ({ mode }: Stats): boolean => (mode & 0o1000) !== 0;
