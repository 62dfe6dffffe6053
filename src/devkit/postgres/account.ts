import { execFile } from 'node:child_process';
import { chown, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The account that PostgreSQL runs as when we are root; PostgreSQL refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
  /** Folders on the way are closed to it: it gets CAP_DAC_OVERRIDE, by `setpriv` of util-linux. */
  passesClosedFolders?: boolean;
}

export interface Command {
  file: string;
  args: string[];
  options: { uid?: number; gid?: number };
}

/**
 * Resolves to undefined for an ordinary user: PostgreSQL then runs as that user. As root it is the owner of existing data,
 * else the account `postgres`, else `nobody`; no account is ever created.
 */
export async function chooseAccount(dataDirectory: string | undefined): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = dataDirectory && (await stat(dataDirectory).catch(() => undefined));
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (account) return account;
  throw new Error(
    'PostgreSQL does not run as root, and there is no account `postgres` or `nobody` here. Run as an ordinary user.',
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

/**
 * Resolves to the account with what it needs to walk down to `targets`: where a folder is closed to it (as /root is), the
 * one capability that opens folders. Throws, naming the closed folder, where the system cannot give that.
 */
export async function openWay(account: Account | undefined, targets: string[]): Promise<Account | undefined> {
  if (!account) return undefined;
  const closed = (await Promise.all(targets.map((target) => closedFolder(target, account)))).find(Boolean);
  if (!closed) return account;
  const test = runAs({ ...account, passesClosedFolders: true }, 'true', []);
  const works = await execute(test.file, test.args).then(
    () => true,
    () => false,
  );
  if (works) return { ...account, passesClosedFolders: true };
  throw new Error(
    `PostgreSQL does not run as root, and user ${account.uid}, as whom it would run, cannot enter ${closed}. ` +
      `Open it (chmod o+x ${closed}), move the project, or run as an ordinary user.`,
  );
}

/** What to spawn so that `file` runs as `account`. The process id is that of `file`. */
export function runAs(account: Account | undefined, file: string, args: string[]): Command {
  if (!account) return { file, args, options: {} };
  const { uid, gid, passesClosedFolders } = account;
  if (!passesClosedFolders) return { file, args, options: { uid, gid } };
  // access(2), by which PostgreSQL looks for its own programs, forgets capabilities but for this bit (capabilities(7))
  const capability = [
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--securebits=+no_setuid_fixup',
  ];
  return {
    file: 'setpriv',
    args: [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...capability, file, ...args],
    options: {},
  };
}

/** The first folder above `target` that `account` may not enter; undefined when the way is open. */
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

/** Gives a directory and all in it to `account`; does nothing without one. */
export async function giveTo(directory: string, account: Account | undefined): Promise<void> {
  if (!account) return;
  await chown(directory, account.uid, account.gid);
  const entries = await readdir(directory, { recursive: true });
  await Promise.all(entries.map((entry) => chown(path.join(directory, entry), account.uid, account.gid)));
}
