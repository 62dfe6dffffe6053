import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readlink } from 'node:fs/promises';
import path from 'node:path';

/** The folder in a service or a workspace in which `dev` keeps its data. */
export const ownFolderName = '.microservice';

/**
 * Creates a folder that other accounts cannot enter, whatever the umask, and closes an existing folder of this user. For root,
 * a group that has access keeps it. Throws if the folder is a symbolic link.
 */
export async function makeOwnFolder(folder: string): Promise<void> {
  await refuseLink(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await withFolder(folder, async (handle) => {
    const { mode, uid } = await handle.stat();
    const allowed = uid === 0 ? 0o710 : 0o700;
    if (uid === process.getuid?.() && mode & 0o777 & ~allowed) await handle.chmod(mode & allowed);
  });
}

/** Returns the topmost folder that belongs to the devkit: the `.microservice` above `folder`, or `folder` itself. */
export function topOwnFolder(folder: string): string {
  const above = path.dirname(path.resolve(folder));
  return path.basename(above) === ownFolderName ? above : path.resolve(folder);
}

/**
 * Gives the account's group access through a folder of the devkit, and through its parent if that belongs to the devkit too.
 */
export async function letThrough(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  for (const each of new Set([topOwnFolder(folder), folder])) {
    await withFolder(each, async (handle) => {
      const found = await handle.stat();
      if (found.uid === uid || found.mode & 0o001 || (found.gid === gid && found.mode & 0o010)) return;
      await handle.chown(found.uid, gid);
      await handle.chmod(0o710);
    });
  }
}

/** Throws if `folder` is a symbolic link, since every change to the folder would change the link's target. */
export async function refuseLink(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found?.isSymbolicLink()) return;
  throw new Error(
    `${folder} is a symbolic link to ${await readlink(folder)}, and symbolic links are not followed here. Replace it with a folder, or remove it.`,
  );
}

/** Calls `use` with a handle of the folder, so a link that replaces the folder later is not followed. Windows has no such modes. */
async function withFolder(folder: string, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  if (process.platform === 'win32') return;
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const handle = await open(folder, flags).catch(async (error: unknown) => {
    await refuseLink(folder);
    throw error;
  });
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}
