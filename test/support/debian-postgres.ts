import { execFileSync, spawn, type ExecFileSyncOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { query } from './query.ts';

/** Debian's PostgreSQL, which has `pg_dump`, unlike the embedded one. */
export interface DebianPostgres {
  /** Resolves to the address of a new, empty database. */
  createDatabase(name: string): Promise<string>;
  /** Returns the schema of a database as SQL, without parts that differ between runs. */
  dumpSchema(name: string): string;
  stop(): Promise<void>;
}

const installed = '/usr/lib/postgresql';
const host = '127.0.0.1';

/** Returns the folder of the newest version; undefined if none is installed. */
function findPrograms(): string | undefined {
  if (!existsSync(installed)) return undefined;
  const folders = readdirSync(installed)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => path.join(installed, version, 'bin'));
  return folders.find((folder) =>
    ['initdb', 'postgres', 'pg_dump'].every((name) => existsSync(path.join(folder, name))),
  );
}

/**
 * For a `before` hook: starts it, and in CI installs it first; elsewhere, skips with a printed reason if it is not installed.
 */
export async function startDebianPostgresOrSkip(context: Mocha.Context): Promise<DebianPostgres> {
  if (!findPrograms() && process.env.CI) {
    execFileSync('apt-get', ['-q', 'update'], { stdio: 'ignore' });
    execFileSync('apt-get', ['-qy', 'install', 'postgresql'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  const programs = findPrograms();
  if (programs) return start(programs);
  if (process.env.CI) throw new Error(`apt-get installed postgresql, and ${installed} has no pg_dump`);
  console.log(
    `    skipped: ${installed} has no PostgreSQL with pg_dump: install Debian's package postgresql`,
  );
  return context.skip();
}

async function start(programs: string): Promise<DebianPostgres> {
  const directory = await mkdtemp(path.join(tmpdir(), 'debian-postgres-'));
  const account = accountFor(directory);
  const options: ExecFileSyncOptions = { ...account, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] };
  const data = path.join(directory, 'data');
  const port = await findFreePort(host);
  const password = randomBytes(18).toString('base64url');
  const passwordFile = path.join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  const login = ['-U', 'owner', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  execFileSync(path.join(programs, 'initdb'), ['-D', data, ...login, '--no-sync'], options);
  const settings = [`listen_addresses=${host}`, `port=${port}`, 'unix_socket_directories=', 'fsync=off'];
  const server = spawn(
    path.join(programs, 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    { ...account, cwd: directory, stdio: 'ignore' },
  );
  const url = (name: string): string => `postgres://owner:${password}@${host}:${port}/${name}`;
  await waitFor(() => query(url('postgres'), 'select 1'), { message: "Debian's PostgreSQL answers" });
  return {
    async createDatabase(name) {
      await query(url('postgres'), `create database ${name}`);
      return url(name);
    },
    dumpSchema: (name) =>
      execFileSync(path.join(programs, 'pg_dump'), ['--schema-only', '--no-owner', url(name)], {
        encoding: 'utf8',
      }).replaceAll(/^\\(un)?restrict .*$/gm, ''),
    async stop() {
      server.kill('SIGINT');
      if (server.exitCode === null) await once(server, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL does not run as root. */
function accountFor(directory: string): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const account = { uid: idOf('-u'), gid: idOf('-g') };
  chownSync(directory, account.uid, account.gid);
  return account;
}
