import { createHash } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage } from '../../errors.ts';
import { letThrough, makeOwnFolder, ownFolderName, topOwnFolder } from '../../own-folder.ts';
import { type Account, closedFolder } from '../server/account.ts';
import type { PostgresBinaries } from '../server/binaries.ts';
import { copyDirectory, removeDirectory } from './foreign-directory.ts';

/** For root only: a place that PostgreSQL's account can reach when a folder is closed to it, like /root. */
export const outside = '/var/lib/microservice-devkit';

/**
 * Returns the data directory of the folder `home`: `data` in it or, if `account` cannot enter `home`, a directory outside
 * that belongs to this folder. Then `data` is a link to the directory; if the link is missing, the directory starts empty.
 */
export async function placeData(home: string, account: Account | undefined): Promise<string> {
  const data = path.join(home, 'data');
  if (!account) return data;
  const found = await lstat(data).catch(() => undefined);
  const moved = path.join(outsideOf(home), 'data');
  if (found?.isSymbolicLink()) {
    const target = await readlink(data);
    if (target !== moved)
      throw new Error(`${data} is a link to ${target}, and links are not followed here. Remove the link.`);
    await makeOutside(home, account);
    return moved;
  }
  const closed = await closedFolder(topOwnFolder(home), account);
  if (!closed) {
    await letThrough(home, account);
    return data;
  }
  await moveOut(home, account).catch((cause: unknown) => {
    throw cannotReach(closed, account, cause);
  });
  return moved;
}

/** Returns the target of the link that `placeData` created, to find the data's owner, or `data` itself if it is not a link. */
export const knownData = async (home: string): Promise<string> => {
  const moved = path.join(outsideOf(home), 'data');
  const target = await readlink(path.join(home, 'data')).catch(() => undefined);
  return target === moved ? moved : path.join(home, 'data');
};

function outsideOf(home: string): string {
  const names = path.resolve(home).split(path.sep);
  const owner = names.at(names.at(-2) === ownFolderName ? -3 : -1) ?? '';
  const key = createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16);
  return path.join(outside, `${owner.replaceAll(/[^\w.-]+/g, '-')}-${key}`);
}

async function makeOutside(home: string, account: Account): Promise<string> {
  const folder = outsideOf(home);
  await makeShared();
  await makeOwnFolder(folder);
  await letThrough(folder, account);
  return path.join(folder, 'data');
}

/** Moves data that an older version left, and replaces it with the link. */
async function moveOut(home: string, account: Account): Promise<void> {
  const data = path.join(home, 'data');
  await removeDirectory(outsideOf(home));
  const moved = await makeOutside(home, account);
  await rename(data, moved).catch(async (error: unknown) => {
    if (errorCode(error) === 'ENOENT') return; // no data to move
    if (errorCode(error) !== 'EXDEV') throw error;
    await copyDirectory(data, moved, account);
    await removeDirectory(data);
  });
  await symlink(moved, data);
}

/** Every user can enter the folder; only root can write to it. */
export async function makeShared(): Promise<void> {
  await mkdir(outside, { recursive: true, mode: 0o755 });
  const { uid, mode } = await lstat(outside);
  if (uid !== 0 || mode & 0o022)
    throw new Error(`Users other than root can write to ${outside}, or own it. Remove it.`);
  await chmod(outside, 0o755);
}

/** Returns the folder of the programs. If `account` cannot enter npm's folder, they are copied, once per version. */
export async function placeBinaries(
  binaries: PostgresBinaries,
  account: Account | undefined,
): Promise<PostgresBinaries> {
  const closed = account && (await closedFolder(binaries.postgres, account));
  if (!closed) return binaries;
  const native = path.resolve(binaries.postgres, '../..');
  const copy = path.join(outside, `postgres-${binaries.version}-${process.arch}`);
  await copyPrograms(native, copy).catch((cause: unknown) => {
    throw cannotReach(closed, account, cause);
  });
  const inCopy = (program: string) => path.join(copy, path.relative(native, program));
  return { ...binaries, initdb: inCopy(binaries.initdb), postgres: inCopy(binaries.postgres) };
}

async function copyPrograms(native: string, copy: string): Promise<void> {
  await makeShared();
  if (await lstat(copy).catch(() => undefined)) return;
  const unfinished = `${copy}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await openToReaders(unfinished);
  await rename(unfinished, copy).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await lstat(copy).catch(() => undefined))) throw error; // else another process was first; its copy is as good
  });
}

/** A umask or the mode of the installed files may have closed them. They contain no data of the user. */
async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const place = path.join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const { mode } = await lstat(place);
    await chmod(place, entry.isDirectory() || mode & 0o100 ? 0o755 : 0o644);
  }
}

function cannotReach(closed: string, { uid }: Account, cause: unknown): Error {
  return new Error(
    `PostgreSQL does not run as root. User ${uid}, which runs it instead, cannot enter ${closed}, and dev cannot write ` +
      `to ${outside} (${errorMessage(cause)}). Open the folder (chmod o+x ${closed}), move the project, or run as an ordinary user.`,
    { cause },
  );
}
