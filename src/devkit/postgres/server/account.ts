import { execFile } from 'node:child_process';
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The account of the PostgreSQL process when we are root, because PostgreSQL refuses to run as root. It gets no capabilities
 * and none of our groups: `spawn` needs only these two ids.
 */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * Resolves to undefined for an ordinary user: PostgreSQL then runs as that user. For root, it is the owner of existing data,
 * else the account `postgres`, else `nobody`; accounts are never created.
 */
export async function chooseAccount(dataDirectory: string | undefined): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = dataDirectory && (await lstat(dataDirectory).catch(() => undefined));
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (account) return account;
  throw new Error(
    'PostgreSQL does not run as root, and this machine has no account `postgres` or `nobody`. Run as an ordinary user.',
  );
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([execute('id', ['-u', name]), execute('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

const harmless = /^(PATH|TZ|LANG|LC_\w+|LD_LIBRARY_PATH|TMPDIR)$/;

/**
 * The environment of a program that runs as `account`: our whole environment without an account, else none of root's private
 * variables.
 */
export const environmentFor = (account: Account | undefined): NodeJS.ProcessEnv =>
  account
    ? Object.fromEntries(Object.entries(process.env).filter(([name]) => harmless.test(name)))
    : { ...process.env };

/** Returns the first folder above `target` that `account` cannot enter; undefined if it can enter all. */
export async function closedFolder(target: string, account: Account): Promise<string | undefined> {
  const folders: string[] = [];
  for (let at = path.dirname(path.resolve(target)); !folders.includes(at); at = path.dirname(at))
    folders.unshift(at);
  for (const folder of folders) {
    const { uid, gid, mode } = await stat(folder);
    const right = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if (!(mode & right)) return folder;
  }
  return undefined;
}
