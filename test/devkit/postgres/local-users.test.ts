import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { placeBinaries } from '../../../src/devkit/postgres/directories/outside.ts';
import { type PostgresServer, startPostgres } from '../../../src/devkit/postgres/postgres.ts';
import { query } from '../../support/query.ts';

const execute = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';
const repository = path.resolve(import.meta.dirname, '../../..');

/** An account of this machine that is neither ours nor that of a PostgreSQL. */
const stranger = { uid: 54_321, gid: 54_321 };

describe('startPostgres among other local users', () => {
  const servers: PostgresServer[] = [];
  const folders: string[] = [];

  let onTcp: PostgresServer;
  before(async () => {
    onTcp = await startPostgres({ host: '127.0.0.1', user: 'user', databases: ['users'] });
  });
  after(() => onTcp.stop());

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = async (options: Parameters<typeof startPostgres>[0] = {}) => {
    const server = await startPostgres(options);
    servers.push(server);
    return server;
  };

  const createFolder = async (mode: number) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'local users '));
    await chmod(folder, mode);
    folders.push(folder);
    return folder;
  };

  it('gives a login that owns its database and is not a superuser', async () => {
    const url = onTcp.url('users');
    const [row] = await query(
      url,
      'select rolsuper, rolcreaterole, rolreplication, rolbypassrls from pg_roles where rolname = current_user',
    );
    assert.deepEqual(Object.values(row ?? {}), [false, false, false, false]);
    for (const attempt of [
      `copy (select 1) to program 'id'`,
      `select pg_read_file('/etc/passwd')`,
      `create temp table t (line text); copy t from program 'id'`,
      `create role other superuser`,
    ])
      await assert.rejects(query(url, attempt), { code: '42501' }, attempt);
    for (const own of ['create table kept (id int)', 'create extension citext', 'create database other'])
      await query(url, own);
  });

  it('serves temporary data on a socket in a closed folder, and not on TCP', async function () {
    if (process.platform === 'win32') this.skip();
    const { host } = new Client({ connectionString: (await start()).url() });
    assert.match(host, /^\//);
    assert.equal((await stat(host)).mode & 0o077, 0);
    if (isLinux) assert.deepEqual(await listeningPorts(await postmaster(host)), []);
  });

  it('serves temporary data when the temporary folder is too long for the path of a socket', async function () {
    if (process.platform === 'win32') this.skip();
    const long = path.join(await createFolder(0o755), 'x'.repeat(90));
    await mkdir(long);
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = long;
    try {
      assert.deepEqual(await query((await start()).url(), 'select 1 as one'), [{ one: 1 }]);
    } finally {
      if (before) process.env['TMPDIR'] = before;
      else delete process.env['TMPDIR'];
    }
  });

  it('generates a random password for each server on TCP, and keeps it if the data stay', async () => {
    const passwordOf = (server: PostgresServer) => new URL(server.url()).password;
    const directory = path.join(await createFolder(0o755), 'postgres');
    const second = await start({ directory });
    assert.match(passwordOf(second), /^[\w-]{20,}$/);
    assert.notEqual(passwordOf(onTcp), passwordOf(second));
    assert.equal((await stat(path.join(directory, 'password'))).mode & 0o077, 0);
    await second.stop();
    assert.equal(passwordOf(await start({ directory })), passwordOf(second));
  });

  it('refuses an empty password', async () => {
    await assert.rejects(start({ host: '127.0.0.1', password: '' }), /password .* empty/);
  });

  it('accepts no login without the password on TCP, not even of the superuser', async () => {
    for (const login of ['user', 'user:password', 'postgres', 'postgres:postgres', 'embedded_superuser']) {
      const url = `postgres://${login}@127.0.0.1:${onTcp.port}/postgres`;
      await assert.rejects(query(url, 'select 1'), /password/, login);
    }
  });

  it('lets another account of the machine log in neither with an old login nor through the socket', async function () {
    if (!isRoot || !isLinux) this.skip();
    const urls = [(await start()).url()];
    for (const login of ['postgres', 'postgres:postgres', 'user:password'])
      urls.push(`postgres://${login}@127.0.0.1:${onTcp.port}/postgres`);
    const program = `
      const { Client } = require('pg');
      const attempt = async (connectionString) => {
        const client = new Client({ connectionString });
        try { await client.connect(); return 'let in'; } catch { return 'refused'; } finally { client.end().catch(() => {}); }
      };
      Promise.all(${JSON.stringify(urls)}.map(attempt)).then((said) => process.stdout.write(said.join()));`;
    const said = await execute(process.execPath, ['-e', program], { ...stranger, cwd: repository }).catch(
      (error: unknown) => {
        console.log(`      skipped: another account may not run node in ${repository}: ${String(error)}`);
        return this.skip();
      },
    );
    assert.equal(said.stdout, 'refused,refused,refused,refused');
  });

  it('demotes the superuser that an older version created, and keeps its data', async () => {
    const directory = path.join(await createFolder(0o755), 'postgres');
    const url = await oldDirectory(directory, start);
    const server = await start({ directory, user: 'user', password: 'new', databases: ['users'] });
    assert.deepEqual(await query(server.url('users'), 'select answer from kept'), [{ answer: 42 }]);
    await query(server.url('users'), 'alter table kept add column more int; drop table also');
    await assert.rejects(query(server.url('users'), `copy (select 1) to program 'id'`), { code: '42501' });
    await assert.rejects(query(url(server.port), 'select 1'), /password authentication failed/);
  });

  describe('as root', () => {
    before(function () {
      if (!isRoot || !isLinux) this.skip();
    });

    it('has no capabilities, and keeps its data outside of a closed folder', async () => {
      const directory = path.join(await createFolder(0o700), 'service one', '.microservice', 'postgres');
      process.env['SECRET_TOKEN'] = 'hunter2';
      const server = await start({ directory });
      delete process.env['SECRET_TOKEN'];
      assert.match(server.directory, /^\/var\/lib\/microservice-devkit\//);
      folders.push(server.directory);
      const data = path.join(server.directory, 'data');
      assert.equal(await readlink(path.join(directory, 'data')), data);
      assert.equal((await stat(data)).mode & 0o077, 0);
      const status = await readFile(`/proc/${await postmaster(data)}/status`, 'utf8');
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
        assert.match(status, new RegExp(`^${set}:\\t0+$`, 'm'));
      const environment = await readFile(`/proc/${await postmaster(data)}/environ`, 'utf8');
      assert.doesNotMatch(environment, /SECRET_TOKEN|hunter2/);
      await query(server.url(), 'create table kept as select 42 as answer');
      await server.stop();

      const again = await start({ directory });
      assert.deepEqual(await query(again.url(), 'select answer from kept'), [{ answer: 42 }]);
      await again.stop();

      await rm(path.join(directory, 'data'));
      const anew = await start({ directory });
      await assert.rejects(query(anew.url(), 'select answer from kept'), /does not exist/);
    });

    it('runs programs that npm has installed into a closed folder from a copy of root', async () => {
      const folder = await createFolder(0o700);
      const before = process.umask(0o077);
      await mkdir(path.join(folder, 'native', 'bin'), { recursive: true });
      for (const name of ['postgres', 'initdb'])
        await writeFile(path.join(folder, 'native', 'bin', name), '#!/bin/sh\nid -u\n', { mode: 0o700 });
      process.umask(before);
      const program = (name: string) => path.join(folder, 'native', 'bin', name);
      const installed = {
        postgres: program('postgres'),
        initdb: program('initdb'),
        version: `0-${process.pid}`,
      };
      const { postgres } = await placeBinaries(installed, stranger);
      folders.push(path.resolve(postgres, '../..'));
      assert.notEqual(postgres, installed.postgres);
      assert.equal((await execute(postgres, [], { ...stranger, cwd: '/' })).stdout, `${stranger.uid}\n`);
      const { uid, mode } = await stat(postgres);
      assert.deepEqual([uid, mode & 0o777], [0, 0o755]);
      assert.equal((await placeBinaries(installed, stranger)).postgres, postgres);
    });

    it('moves the data of an older version out of a closed folder', async () => {
      const folder = await createFolder(0o755);
      const directory = path.join(folder, '.microservice', 'postgres');
      const open = await start({ directory });
      await query(open.url(), 'create table kept as select 42 as answer');
      await open.stop();
      await chmod(folder, 0o700);
      const server = await start({ directory });
      assert.match(server.directory, /^\/var\/lib\/microservice-devkit\//);
      folders.push(server.directory);
      assert.deepEqual(await query(server.url(), 'select answer from kept'), [{ answer: 42 }]);
    });

    it('does not write through a link that the account of PostgreSQL created', async () => {
      const folder = await createFolder(0o755);
      const directory = path.join(folder, 'postgres');
      const kept = { directory, user: 'user', password: 'secret' };
      await (await start(kept)).stop();
      const victim = path.join(folder, 'victim');
      await writeFile(victim, 'as it was\n', { mode: 0o644 });
      const places = ['data/pg_hba.conf', 'data/postmaster.pid', 'postgres.log', 'password'];
      for (const place of places) {
        await rm(path.join(directory, place), { force: true });
        await symlink(victim, path.join(directory, place));
      }
      await writeFile(victim, `${2 ** 22 + 1}\n/nowhere\n0\n5432\n`);
      const before = await readFile(victim, 'utf8');
      const server = await start(kept);
      assert.equal(await readFile(victim, 'utf8'), before);
      assert.equal((await stat(victim)).uid, 0);
      assert(!(await lstat(path.join(directory, 'data/pg_hba.conf'))).isSymbolicLink());
      assert.deepEqual(await query(server.url(), 'select 1 as one'), [{ one: 1 }]);
    });

    it('refuses a data directory that is a link to another place', async () => {
      const folder = await createFolder(0o755);
      await mkdir(path.join(folder, 'postgres'));
      await symlink('/etc', path.join(folder, 'postgres', 'data'));
      await assert.rejects(start({ directory: path.join(folder, 'postgres') }), /data is a link to \/etc/);
    });
  });
});

/** A directory as version 0.1.0 left it: its login is a superuser with a known password, and its tables have two owners. */
async function oldDirectory(directory: string, start: (options: object) => Promise<PostgresServer>) {
  const made = await start({ directory, user: 'user', password: 'password', databases: ['users'] });
  await query(made.url('users'), 'create table kept as select 42 as answer');
  await made.stop();
  const single = path.join(import.meta.dirname, 'programs', 'single-user.ts');
  await execute(process.execPath, ['--import', 'tsx', single, directory], { cwd: repository });
  return (port: number) => `postgres://user:password@127.0.0.1:${port}/users`;
}

const postmaster = async (data: string): Promise<string> =>
  (await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n', 1)[0] ?? '';

/** The TCP ports on which a process listens (proc_net_tcp(5): state 0A). */
async function listeningPorts(pid: string): Promise<string[]> {
  const links = await execute('ls', ['-l', `/proc/${pid}/fd`]).then(({ stdout }) => stdout);
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')),
  );
  return tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && links.includes(`socket:[${inode}]`))
    .map(([, local = '']) => local);
}
