import { randomBytes } from 'node:crypto';
import { constants, type Mode } from 'node:fs';
import { type FileHandle, chmod, lstat, open, rename, rm } from 'node:fs/promises';

/**
 * Files that other accounts may neither read nor redirect: mode 600 whatever the umask, and no symbolic link is followed in
 * the last part of a path. The folder itself may belong to another account, not the one above it.
 */
const ownerOnly: Mode = 0o600;

/** Absent on Windows, whose links need a privilege. */
const noLink = constants.O_NOFOLLOW ?? 0;

/** Opening a pipe to which nobody writes does not wait; absent on Windows. */
const noWait = constants.O_NONBLOCK ?? 0;

/** The text of a file; empty where it cannot be read, or is a link. */
export async function readPrivateFile(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | noLink | noWait).catch(() => undefined);
  if (!handle) return '';
  try {
    return (await handle.stat()).isFile() ? await handle.readFile('utf8') : '';
  } finally {
    await handle.close();
  }
}

/** Replaces a file in one step, a link with its name as well, and gives it to `owner`. */
export async function writePrivateFile(
  file: string,
  content: string | Uint8Array,
  owner?: { uid: number; gid: number },
): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(aside, 'wx', ownerOnly);
  try {
    await handle.writeFile(content);
    if (owner) await handle.chown(owner.uid, owner.gid);
  } finally {
    await handle.close();
  }
  await rename(aside, file).catch(async (error: unknown) => {
    await rm(aside, { force: true });
    throw error;
  });
}

/** Opens a new, empty file in the place of what had its name. */
export async function openPrivateFile(file: string): Promise<FileHandle> {
  await rm(file, { force: true });
  return open(file, 'wx', ownerOnly);
}

/** Closes a file of ours to other accounts; leaves a link, and what is not ours, as it is. */
export async function closeToOthers(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (!found || found.isSymbolicLink() || found.uid !== process.getuid?.()) return;
  if (found.mode & 0o077) await chmod(file, ownerOnly);
}
