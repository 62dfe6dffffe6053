import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../../../src/devkit/postgres/postgres.ts';
import { commandLine } from '../../../src/devkit/processes/command-line.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { query } from '../../support/query.ts';

describe('startPostgres', () => {
  const servers: PostgresServer[] = [];
  const holders: ChildProcess[] = [];
  const directories: string[] = [];

  const systemsTemporary = process.env['TMPDIR'];

  before(async () => {
    const own = await mkdtemp(path.join(os.tmpdir(), 'postgres-test-'));
    await chmod(own, 0o777);
    process.env['TMPDIR'] = own;
  });

  after(async () => {
    await rm(os.tmpdir(), { recursive: true, force: true });
    if (systemsTemporary) process.env['TMPDIR'] = systemsTemporary;
    else delete process.env['TMPDIR'];
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    for (const holder of holders.splice(0)) holder.kill('SIGKILL');
    for (const directory of directories.splice(0))
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = async (options: Parameters<typeof startPostgres>[0] = {}) => {
    const server = await startPostgres(options);
    servers.push(server);
    return server;
  };

  const createDirectory = async (mode = 0o755) => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'postgres-test-'));
    await chmod(directory, mode);
    directories.push(directory);
    return directory;
  };

  it('gives a user with any name and password access to the requested databases', async () => {
    const server = await start({
      user: 'user "1"',
      password: "p@ss/w'rd",
      databases: ['user-service', 'orders'],
    });
    const [row] = await query(server.url('user-service'), 'select current_user, current_database()');
    assert.deepEqual(row, { current_user: 'user "1"', current_database: 'user-service' });
    assert.equal((await query(server.url('orders'), 'select 1 as one'))[0]?.one, 1);
  });

  it('refuses a wrong password', async () => {
    const server = await start({ password: 'right' });
    const url = new URL(server.url());
    url.password = 'wrong';
    await assert.rejects(query(url.href, 'select 1'), /password authentication failed/);
  });

  it('removes temporary data when it stops, and may be stopped twice', async () => {
    const before = await temporaryDirectories();
    const server = await start();
    await server.stop();
    await server.stop();
    await server.ended;
    assert.deepEqual(
      (await temporaryDirectories()).filter((name) => !before.includes(name)),
      [],
    );
    await assert.rejects(query(server.url(), 'select 1'), /ECONNREFUSED|ENOENT/);
  });

  it('starts several servers at once, each on its own port', async () => {
    const host = '127.0.0.1';
    const started = await Promise.all([start({ host }), start({ host }), start()]);
    assert.equal(new Set(started.map(({ url }) => new URL(url()).host)).size, 3);
  });

  it('keeps its data in the directory, and accepts another user at the next start', async () => {
    const directory = await createDirectory();
    const first = await start({ directory, user: 'first', password: 'one' });
    await query(first.url(), 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start({ directory, user: 'second', password: 'two', databases: ['more'] });
    assert.deepEqual(await query(second.url(), 'select answer from kept'), [{ answer: 42 }]);
    assert.deepEqual(await query(second.url('more'), 'select current_user'), [{ current_user: 'second' }]);
  });

  it('names the program that uses the port when the port is taken', async () => {
    const holder = net.createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    assert(address && typeof address === 'object');
    await assert.rejects(start({ port: address.port }), (error: Error) => {
      assert.match(error.message, /127\.0\.0\.1:\d+.*\n.*Address already in use/s);
      if (process.platform === 'linux') assert.match(error.message, new RegExp(`process ${process.pid} \\(`));
      return true;
    });
    holder.close();
  });

  it('ends when its parent is killed, and leaves no temporary data', async () => {
    const { holder, url, temporary } = await hold({});
    assert.equal(temporary.length, 1);
    holder.kill('SIGKILL');
    await waitFor(async () => !(await answers(url)), { message: 'the server is gone' });
    await waitFor(async () => !(await temporaryDirectories()).includes(temporary[0] ?? ''), {
      message: 'the data are gone',
    });
  });

  it('recovers committed data after everything was killed', async () => {
    const directory = await createDirectory();
    const { holder, url } = await hold({ directory });
    await query(url, 'create table kept as select 42 as answer');
    await killEverything(holder, directory);
    const server = await start({ directory });
    assert.deepEqual(await query(server.url(), 'select answer from kept'), [{ answer: 42 }]);
  });

  it('waits for the last statement of a killed server', async function () {
    this.timeout(60_000);
    const directory = path.join(await createDirectory(), 'a folder');
    const { holder, url } = await hold({ directory });
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    const [{ pid }] = (await client.query('select pg_backend_pid() pid')).rows as [{ pid: number }];
    client.query('select sum(i) from generate_series(1, 15000000) i').catch(() => undefined);
    await waitFor(async () => (await query(url, isRunning(pid))).length === 1, {
      message: 'the statement runs',
    });
    await killEverything(holder, directory);
    await start({ directory });
    assert.equal(await commandLine(pid), ''); // a zombie that has not been reaped has none
  });

  it('starts although the process id of a killed server now belongs to another program', async () => {
    const directory = await createDirectory();
    await (await start({ directory })).stop();
    await writeFile(
      path.join(directory, 'data', 'postmaster.pid'),
      `${process.pid}\n${directory}/data\n0\n5432\n`,
    );
    assert((await start({ directory })).port > 0);
  });

  it('starts after an earlier start was killed halfway', async () => {
    const directory = await createDirectory();
    await mkdir(path.join(directory, 'data.unfinished', 'base'), { recursive: true });
    await start({ directory });
    assert.equal((await readdir(directory)).includes('data.unfinished'), false);
  });

  it('names the program that already uses the directory', async () => {
    const directory = await createDirectory();
    await start({ directory });
    await assert.rejects(startPostgres({ directory }), /Another PostgreSQL \(process \d+, port \d+\) uses /);
  });

  it('works as an ordinary user', async function () {
    const reason = noOrdinaryUser();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    const home = await createDirectory(0o777);
    const { url } = await hold({}, { ...ordinaryUser, env: { ...process.env, HOME: home } });
    assert(await answers(url));
  });

  it('works as root in a folder that is closed to other users', async function () {
    if (process.getuid?.() !== 0 || process.platform !== 'linux') this.skip();
    const directory = path.join(await createDirectory(0o700), 'postgres');
    const server = await start({ directory });
    directories.push(server.directory);
    assert(await answers(server.url()));
    assert.notEqual((await stat(path.join(server.directory, 'data'))).uid, 0);
  });

  async function hold(options: object, spawnOptions: object = {}) {
    const before = await temporaryDirectories();
    const program = path.join(import.meta.dirname, 'programs', 'postgres-holder.ts');
    const holder = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...spawnOptions,
    });
    holders.push(holder);
    const [line]: Buffer[] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
    const temporary = (await temporaryDirectories()).filter((name) => !before.includes(name));
    return { holder, url: String(line).trim(), temporary };
  }
});

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const ordinaryUser = { uid: 65534, gid: 65534 };

/** Returns the reason why only this account can run the test; undefined if another one can. */
function noOrdinaryUser(): string | undefined {
  if (process.getuid?.() !== 0)
    return 'only root can become an ordinary user; all other tests here ran as one';
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', '--eval', ''], {
    ...ordinaryUser,
    cwd: root,
  });
  return status === 0 ? undefined : `an ordinary user may not read ${process.execPath} or ${root}`;
}

const answers = (url: string) =>
  query(url, 'select 1').then(
    () => true,
    () => false,
  );

const isRunning = (pid: number): string =>
  `select from pg_stat_activity where pid = ${pid} and state = 'active' and query like 'select sum%'`;

const temporaryDirectories = async () =>
  (await readdir(os.tmpdir())).filter((name) => name.startsWith('microservice-postgres-'));

/** The parent is stopped first, so only SIGKILL reaches the server. */
async function killEverything(holder: ChildProcess, directory: string): Promise<void> {
  const [pid] = (await readFile(path.join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
}
