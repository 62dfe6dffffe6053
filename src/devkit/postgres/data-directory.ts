import { execFile } from 'node:child_process';
import { chown, cp, lstat, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorMessage } from '../errors.ts';
import { makeOwnFolder } from '../own-folder.ts';
import { type Account, environmentFor, giveTo } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';
import { cacheDirectory } from './cache-directory.ts';
import { ensureRole, superuser } from './role.ts';

const execute = promisify(execFile);

export interface DataDirectoryOptions {
  binaries: PostgresBinaries;
  account: Account | undefined;
  user: string;
  password: string;
}

/** Who has a login in the template, one without a password; every other one is made in the copy. */
const templateLogin = { user: 'postgres', password: '' };

/**
 * Makes `directory` a PostgreSQL data directory unless it is one; `user` has its login. It is copied from a template
 * in the user's cache, which the first caller fills: several times faster than making it. It is built beside its place and
 * renamed, so that a process killed halfway leaves nothing that looks whole. Safe for several directories at once; without
 * a usable cache it is merely slower.
 */
export async function createDataDirectory(directory: string, options: DataDirectoryOptions): Promise<void> {
  if (await stat(path.join(directory, 'PG_VERSION')).catch(() => undefined)) return;
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await copyTemplate(unfinished, options);
  const { binaries, user, password } = options;
  if (user !== templateLogin.user || password !== templateLogin.password) {
    const role = { postgres: binaries.postgres, directory: unfinished, databases: [] };
    await ensureRole({ ...options, ...role });
  }
  await rename(unfinished, directory);
}

/** Forgets the template, for instance because a copy of it does not start. */
export async function dropTemplate(options: DataDirectoryOptions): Promise<void> {
  await rm(templatePath(options), { recursive: true, force: true });
}

function templatePath({ binaries, account }: DataDirectoryOptions): string {
  const owner = account ? `-${account.uid}` : '';
  return path.join(cacheDirectory(), `template-${binaries.version}-${process.arch}${owner}`);
}

async function copyTemplate(directory: string, options: DataDirectoryOptions): Promise<void> {
  const template = templatePath(options);
  try {
    await assertOurs(path.dirname(template));
    await assertOurs(template);
    await cp(template, directory, { recursive: true, verbatimSymlinks: true });
    await giveTo(directory, options.account);
  } catch {
    await rm(directory, { recursive: true, force: true });
    await initialize(directory, options);
    await keepTemplate(directory, template);
  }
}

/** A cache may lie in a folder where others write: another account's template could hold logins of its own. */
async function assertOurs(folder: string): Promise<void> {
  const { uid, mode } = await lstat(folder);
  if (process.platform === 'win32') return;
  if (uid !== process.getuid?.() || mode & 0o022) throw new Error(`${folder} is not this user's alone.`);
}

async function keepTemplate(directory: string, template: string): Promise<void> {
  const unfinished = `${template}.${process.pid}`;
  try {
    await makeOwnFolder(path.dirname(template));
    await assertOurs(path.dirname(template));
    await cp(directory, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, template); // fails when another process was first, which is as good
  } catch {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function initialize(directory: string, options: DataDirectoryOptions): Promise<void> {
  const { binaries, account } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (account) await chown(directory, account.uid, account.gid);
  // The access rules are written before every start.
  const login = ['-D', directory, '-U', superuser, '-A', 'reject'];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const words = [...login, ...locale, '--no-instructions', '--no-sync'];
  try {
    const env = { ...environmentFor(account), TZ: 'UTC' };
    await execute(binaries.initdb, words, { ...account, cwd: path.dirname(directory), env });
    const role = { postgres: binaries.postgres, directory, databases: [] };
    await ensureRole({ account, ...role, ...templateLogin });
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw new Error(`PostgreSQL could not create ${directory}: ${said || errorMessage(cause)}`, { cause });
  }
}
