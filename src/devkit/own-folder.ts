import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Where `dev` keeps data in the folder of a service or a workspace. */
export const ownFolderName = '.microservice';

/**
 * Makes a folder that other accounts may not enter, whatever the umask, and closes an older one that is ours. As root, a
 * group that was let through stays so.
 */
export async function makeOwnFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = await lstat(folder);
  const allowed = uid === 0 ? 0o710 : 0o700;
  if (uid === process.getuid?.() && mode & 0o777 & ~allowed) await chmod(folder, mode & allowed);
}

/** The highest folder of the devkit's own: `.microservice` above `folder`, or `folder` itself. */
export function topOwnFolder(folder: string): string {
  const above = path.dirname(path.resolve(folder));
  return path.basename(above) === ownFolderName ? above : path.resolve(folder);
}

/** Lets the group of an account through a folder of the devkit, and through the one above it where that is one. */
export async function letThrough(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  for (const each of new Set([topOwnFolder(folder), folder])) {
    const found = await lstat(each);
    if (found.uid === uid || found.mode & 0o001 || (found.gid === gid && found.mode & 0o010)) continue;
    await chown(each, found.uid, gid);
    await chmod(each, 0o710);
  }
}
