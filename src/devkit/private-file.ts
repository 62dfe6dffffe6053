import { randomBytes } from 'node:crypto';
import { constants, type Mode } from 'node:fs';
import { type FileHandle, chmod, link, lstat, open, rename, rm } from 'node:fs/promises';

/**
 * Files that other accounts can neither read nor redirect: mode 600 whatever the umask, and a symbolic link at the end of a
 * path is not followed. The folder itself may belong to another account, but its parent may not.
 */
const ownerOnly: Mode = 0o600;

/** Undefined on Windows, where creating a link needs a privilege. */
const noLink = constants.O_NOFOLLOW ?? 0;

/** Opening a pipe without a writer must not block; undefined on Windows. */
const noWait = constants.O_NONBLOCK ?? 0;

/** Returns the text of a file; empty if it cannot be read or is a link. */
export async function readPrivateFile(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | noLink | noWait).catch(() => undefined);
  if (!handle) return '';
  try {
    return (await handle.stat()).isFile() ? await handle.readFile('utf8') : '';
  } finally {
    await handle.close();
  }
}

/** Replaces a file atomically, also a link of that name, and gives it to `owner`. */
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

/**
 * Writes a file that has no text yet, atomically: of several processes, the first one writes it. A link, and a file that this
 * process cannot read, count as having no text.
 */
export async function addPrivateFile(file: string, content: string | Uint8Array): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  await writePrivateFile(aside, content);
  await link(aside, file).catch(async () => {
    if ((await readPrivateFile(file)) === '') await rename(aside, file);
  });
  await rm(aside, { force: true });
}

/** Creates an empty file, and replaces any existing one. */
export async function openPrivateFile(file: string): Promise<FileHandle> {
  await rm(file, { force: true });
  return open(file, 'wx', ownerOnly);
}

/** Closes a file of this user to other accounts; leaves links and files of other users unchanged. */
export async function closeToOthers(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (!found || found.isSymbolicLink() || found.uid !== process.getuid?.()) return;
  if (found.mode & 0o077) await chmod(file, ownerOnly);
}
