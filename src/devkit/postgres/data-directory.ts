import { execFile } from 'node:child_process';
import { chown, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorMessage } from '../errors.ts';
import { ensureRole } from './access.ts';
import { type Account, giveTo, runAs } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';
import { cacheDirectory } from './cache-directory.ts';

const execute = promisify(execFile);

export interface DataDirectoryOptions {
  binaries: PostgresBinaries;
  account: Account | undefined;
  user: string;
  password: string;
}

/** Who may enter the template; every other login is made in the copy. */
const templateLogin = { user: 'postgres', password: 'postgres' };

/**
 * Makes `directory` a PostgreSQL data directory unless it is one; `user` is a superuser of it. It is copied from a template
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
    await ensureRole({ ...options, postgres: binaries.postgres, directory: unfinished, user, password });
  }
  await rename(unfinished, directory);
}

/** Forgets the template, for instance because a copy of it does not start. */
export async function dropTemplate(options: DataDirectoryOptions): Promise<void> {
  await rm(templatePath(options), { recursive: true, force: true });
}

function templatePath({ binaries, account }: DataDirectoryOptions): string {
  const owner = account ? `-${account.uid}` : '';
  return path.join(cacheDirectory(), `postgres-${binaries.version}-${process.arch}${owner}`);
}

async function copyTemplate(directory: string, options: DataDirectoryOptions): Promise<void> {
  const template = templatePath(options);
  try {
    await cp(template, directory, { recursive: true });
    await giveTo(directory, options.account);
  } catch {
    await rm(directory, { recursive: true, force: true });
    await initialize(directory, options);
    await keepTemplate(directory, template);
  }
}

async function keepTemplate(directory: string, template: string): Promise<void> {
  const unfinished = `${template}.${process.pid}`;
  try {
    await mkdir(path.dirname(template), { recursive: true });
    await cp(directory, unfinished, { recursive: true });
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
  const login = ['-D', directory, '-U', 'postgres', '-A', 'trust'];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const command = runAs(account, binaries.initdb, [...login, ...locale, '--no-instructions', '--no-sync']);
  try {
    const env = { ...process.env, TZ: 'UTC' };
    await execute(command.file, command.args, { ...command.options, cwd: path.dirname(directory), env });
    await ensureRole({ postgres: binaries.postgres, account, directory, ...templateLogin });
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw new Error(`PostgreSQL could not create ${directory}: ${said || errorMessage(cause)}`, { cause });
  }
}
