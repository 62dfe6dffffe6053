import { execFile } from 'node:child_process';
import { lchown, lstat, mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorMessage } from '../../errors.ts';
import { makeOwnFolder } from '../../own-folder.ts';
import { type Account, environmentFor } from '../server/account.ts';
import type { PostgresBinaries } from '../server/binaries.ts';
import { cacheDirectory } from './cache-directory.ts';
import { copyDirectory, removeDirectory } from './foreign-directory.ts';
import { makeShared, outside } from './outside.ts';
import { ensureRole, superuser } from '../server/role.ts';

const execute = promisify(execFile);

export interface DataDirectoryOptions {
  binaries: PostgresBinaries;
  account: Account | undefined;
  user: string;
  password: string;
}

/** The login in the template, which has no password; any other login is created in the copy. */
const templateLogin = { user: 'postgres', password: '' };

/**
 * Makes `directory` a PostgreSQL data directory, unless it is one; `user` has its login. The data is copied from a template
 * in the user's cache, which the first caller creates: several times faster than initdb. The copy is built next to its final
 * place and renamed, so a killed process never leaves an incomplete directory. Safe for several directories at once; without
 * a usable cache it is only slower.
 */
export async function createDataDirectory(directory: string, options: DataDirectoryOptions): Promise<void> {
  if (await stat(path.join(directory, 'PG_VERSION')).catch(() => undefined)) return;
  const unfinished = `${directory}.unfinished`;
  await removeDirectory(unfinished);
  await copyTemplate(unfinished, options);
  const { binaries, user, password } = options;
  if (user !== templateLogin.user || password !== templateLogin.password) {
    const role = { postgres: binaries.postgres, directory: unfinished, databases: [] };
    await ensureRole({ ...options, ...role });
  }
  await rename(unfinished, directory);
}

/** Deletes the template, for example because a copy of it does not start. */
export async function dropTemplate(options: DataDirectoryOptions): Promise<void> {
  await removeDirectory(templatePath(options));
}

function templatePath({ binaries, account }: DataDirectoryOptions): string {
  const name = `template-${binaries.version}-${process.arch}`;
  // the account makes the copy, and cannot enter root's cache
  return account ? path.join(outside, `${name}-${account.uid}`) : path.join(cacheDirectory(), name);
}

async function copyTemplate(directory: string, options: DataDirectoryOptions): Promise<void> {
  const template = templatePath(options);
  try {
    await assertOwned(path.dirname(template), process.getuid?.());
    await assertOwned(template, options.account?.uid ?? process.getuid?.());
    await copyDirectory(template, directory, options.account);
  } catch {
    await removeDirectory(directory);
    await initialize(directory, options);
    await keepTemplate(directory, template, options.account);
  }
}

/** Other users may be able to write to the cache's folder, and another account's template could contain logins of its own. */
async function assertOwned(folder: string, owner: number | undefined): Promise<void> {
  const { uid, mode } = await lstat(folder);
  if (process.platform === 'win32') return;
  if (uid !== owner || mode & 0o022) throw new Error(`Other users can write to ${folder}, or own it.`);
}

async function keepTemplate(
  directory: string,
  template: string,
  account: Account | undefined,
): Promise<void> {
  const unfinished = `${template}.${process.pid}`;
  try {
    await (account ? makeShared() : makeOwnFolder(path.dirname(template)));
    await assertOwned(path.dirname(template), process.getuid?.());
    await copyDirectory(directory, unfinished, account);
    await rename(unfinished, template); // fails if another process was first; its template is as good
  } catch {
    await removeDirectory(unfinished).catch(() => undefined);
  }
}

async function initialize(directory: string, options: DataDirectoryOptions): Promise<void> {
  const { binaries, account } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (account) await lchown(directory, account.uid, account.gid);
  // The access rules are rewritten before every start.
  const login = ['-D', directory, '-U', superuser, '-A', 'reject'];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const words = [...login, ...locale, '--no-instructions', '--no-sync'];
  try {
    const env = { ...environmentFor(account), TZ: 'UTC' };
    await execute(binaries.initdb, words, { ...account, cwd: path.dirname(directory), env });
    const role = { postgres: binaries.postgres, directory, databases: [] };
    await ensureRole({ account, ...role, ...templateLogin });
  } catch (cause) {
    await removeDirectory(directory);
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw new Error(`PostgreSQL could not create ${directory}: ${said || errorMessage(cause)}`, { cause });
  }
}
