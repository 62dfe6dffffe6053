import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { startBroker } from '../../../src/devkit/broker/broker.ts';
import { ask, parseAddress } from '../../../src/devkit/dev/environment/address.ts';
import { findFreePort } from '../../../src/devkit/postgres/server/free-port.ts';
import { startPostgres } from '../../../src/devkit/postgres/postgres.ts';
import { waitFor } from '../../../src/devkit/testing.ts';
import { type DevProcess, runDevkit } from './dev-process.ts';
import { processesIn } from './processes.ts';
import { createServiceFolder, envText, freeVariables } from './service-folder.ts';
import { query } from '../../support/query.ts';

type Variables = Awaited<ReturnType<typeof freeVariables>>;

describe('microservice-devkit dev', function () {
  this.timeout(300_000);
  const running: DevProcess[] = [];
  const cleanUp: (() => unknown)[] = [];

  afterEach(async () => {
    for (const process of running.splice(0)) await process.endBy('SIGKILL');
    for (const clean of cleanUp.splice(0).toReversed()) await clean();
  });

  const run = (root: string, args: string[] = [], environment: Record<string, string> = {}) => {
    const process = runDevkit(root, ['dev', ...args], environment);
    running.push(process);
    return process;
  };

  /** A service whose addresses are free, except for the given ones. */
  const createService = async (
    given: Partial<Variables> = {},
    files: Record<string, string> = {},
    parent?: string,
  ) => {
    const variables = { ...(await freeVariables()), ...given };
    const folder = await createServiceFolder({ '.env': envText(variables), ...files }, parent);
    cleanUp.push(folder.remove);
    return { ...folder, variables };
  };

  const createWorkspace = async () => {
    const temporary = path.resolve(import.meta.dirname, '../../../.tmp');
    await mkdir(temporary, { recursive: true });
    const workspace = await mkdtemp(path.join(temporary, 'workspace-'));
    await chmod(workspace, 0o755);
    cleanUp.push(() => rm(workspace, { recursive: true, force: true, maxRetries: 5 }));
    await writeFile(path.join(workspace, 'docker-compose.kafka.yml'), '');
    return { workspace, parent: path.join(workspace, 'services') };
  };

  const refuses = async (root: string, pattern: RegExp, environment: Record<string, string> = {}) => {
    const dev = run(root, ['--parts-only'], environment);
    assert.equal(await dev.ended, 1, dev.output());
    const lines = dev
      .output()
      .split('\n')
      .filter((line) => line.startsWith('microservice-devkit:'));
    assert.equal(lines.length, 1, dev.output());
    assert.match(lines[0] ?? '', pattern);
    assert.doesNotMatch(dev.output(), /secret|\n +at /);
  };

  it('starts the missing servers, migrates, runs the service, and stops everything with exit code 0 on Ctrl-C', async () => {
    const { root, variables } = await createService();
    const dev = run(root);
    await dev.shows(new RegExp(`Service +http://localhost:${variables.PORT} +documentation .*/docs`));
    assert.match(
      dev.output(),
      /PostgreSQL +postgres:\/\/user@localhost:\d+\/users \(embedded, \.microservice\/postgres\)/,
    );
    assert.match(dev.output(), /Kafka +localhost:\d+ \(embedded, \.microservice\/kafka\)/);
    assert.match(dev.output(), /Migrations +applied 20260101000000_users/);
    assert(await isOpen(variables.KAFKA_BOOTSTRAP_SERVERS));
    await query(variables.DATABASE_URL, `insert into users values ('kept@example.org')`);

    const second = run(root, [], { PORT: `${await findFreePort('127.0.0.1')}` });
    assert.equal(await second.ended, 0);
    assert(
      second.output().includes(`Already runs at http://localhost:${variables.PORT} (process`),
      second.output(),
    );

    assert.equal(await dev.endBy('SIGINT'), 0);
    assert.equal(dev.output().match(/service: SIG/g)?.length, 1, 'the service is told once');
    await assertAllClosed(variables);
    assert.equal(await readFile(path.join(root, '.microservice', '.gitignore'), 'utf8'), '*\n');

    const again = run(root, ['--parts-only']);
    await again.shows(/Ready/);
    assert.deepEqual(await query(variables.DATABASE_URL, 'select email from users'), [
      { email: 'kept@example.org' },
    ]);
    assert.equal(await again.endBy('SIGTERM'), 0);
    assert.doesNotMatch(again.output(), /Migrations|service:/);
    await assertAllClosed(variables);
  });

  it('leaves nothing running when it is killed, and starts again at once', async () => {
    const { root, variables } = await createService();
    const dev = run(root);
    await dev.shows(/service: up/);
    assert.equal(await dev.endBy('SIGKILL'), 'SIGKILL');
    const again = run(root);
    await again.shows(/Migrations +up to date/);
    assert.equal(await again.endBy('SIGTERM'), 0);
    await assertAllClosed(variables);
  });

  it('ends when its parent npm process has ended', async () => {
    const { root, variables } = await createService();
    const npm = runDevkit(root, ['dev', '--parts-only'], { npm_execpath: 'npm' }, 'shell');
    running.push(npm);
    await npm.shows(/Ready/);
    npm.signal('SIGKILL');
    await assertAllClosed(variables);
    await npm.ended;
  });

  it('restarts the service when its code changes, and runs a new migration, or says how', async () => {
    const { root, variables, write } = await createService(
      {},
      { 'src/greeting.ts': `console.log('version 1');` },
    );
    const main = await readFile(path.join(root, 'src', 'main.ts'), 'utf8');
    await write('src/main.ts', `import './greeting.ts';\n${main}`);
    const dev = run(root);
    await dev.shows(/version 1[^]*Service /);
    await write('src/greeting.ts', `console.log('version 2');`);
    await dev.shows(/service: SIGTERM[^]*version 2[^]*service: up/);
    assert(await isOpen(`localhost:${variables.PORT}`));

    const starts = () => dev.output().match(/service: up/g)?.length;
    const before = starts();
    await write('migrations/20260102000000_notes.ts', migrationOf('notes'));
    await dev.shows(/Migrations +applied 20260102000000_notes$/m);
    assert.deepEqual(await query(variables.DATABASE_URL, 'select * from notes'), []);
    await write('migrations/20260102000000_notes.ts', migrationOf('other'));
    await dev.shows(
      /Migrations +20260102000000_notes\.ts has run before this change; to run it again, npm run/,
    );
    const stub = path.resolve(import.meta.dirname, '../../../src/runtime/migrations/migration.stub');
    await write('migrations/20260103000000_mine.ts', await readFile(stub, 'utf8'));
    await dev.shows(
      /Migrations +20260103000000_mine is new; when it is complete, npm run db:migrate applies it/,
    );
    await write('migrations/20260103000000_mine.ts', migrationOf('half'));
    await write('src/greeting.ts', `console.log('version 3');`);
    await dev.shows(/version 3[^]*service: up/);
    const [{ tables } = {}] = await query(variables.DATABASE_URL, `select to_regclass('half') as tables`);
    assert.equal(tables, null, 'a migration that somebody is writing is left to them');
    await rm(path.join(root, 'migrations/20260103000000_mine.ts'));
    await write('migrations/20260104000000_broken.ts', migrationOf('notes'));
    await dev.shows(/Migrations +migration 20260104000000_broken failed: .*already exists; dev tries again/);
    await write('migrations/20260104000000_broken.ts', migrationOf('repaired'));
    await dev.shows(/Migrations +applied 20260104000000_broken$/m);
    assert.equal(starts(), (before ?? 0) + 1, 'a migration does not restart the service');
    assert.equal(await dev.endBy('SIGINT'), 0);
    await assertAllClosed(variables);
  });

  it('with --no-watch ends with the exit code of the service', async () => {
    const { root, variables } = await createService({}, { 'src/main.ts': 'process.exit(3);' });
    const dev = run(root, ['--no-watch']);
    assert.equal(await dev.ended, 3);
    await assertAllClosed(variables);
  });

  it('uses servers that already run, and leaves them running', async () => {
    const postgres = await startPostgres({ user: 'user', password: 'secret', databases: ['users'] });
    const broker = await startBroker();
    cleanUp.push(postgres.stop, () => broker.stop());
    const given = { DATABASE_URL: postgres.url('users'), KAFKA_BOOTSTRAP_SERVERS: broker.bootstrapServers };
    const { root } = await createService(given);
    const dev = run(root);
    await dev.shows(/Service /);
    for (const part of ['PostgreSQL', 'Kafka'])
      assert.match(dev.output(), new RegExp(`^${part} .*\\(already running\\)$`, 'm'));
    assert.equal(await dev.endBy('SIGINT'), 0);
    assert.deepEqual(await query(given.DATABASE_URL, 'select * from users'), []);
    assert(await isOpen(given.KAFKA_BOOTSTRAP_SERVERS));
    assert.deepEqual(await readdir(path.join(root, '.microservice')), ['.gitignore']);
  });

  it('starts PostgreSQL when the server that a killed dev left running ends', async () => {
    const { root, variables } = await createService();
    const directory = path.join(root, '.microservice', 'postgres');
    const port = Number(new URL(variables.DATABASE_URL).port);
    const left = await startPostgres({
      directory,
      port,
      user: 'user',
      password: 'secret',
      databases: ['users'],
    });
    cleanUp.push(left.stop);
    const killed = { pid: 2 ** 22 + 1, port, command: 'dev' };
    await writeFile(path.join(directory, 'holder.json'), JSON.stringify(killed));
    const dev = run(root, ['--parts-only']);
    await dev.shows(/PostgreSQL .*\(already running\)[^]*Ready/);
    await left.stop();
    await dev.shows(/PostgreSQL .*\(embedded, \.microservice\/postgres\)/);
    assert.deepEqual(await query(variables.DATABASE_URL, 'select 1 as one'), [{ one: 1 }]);
  });

  it('prefers the real environment to .env', async () => {
    const { root } = await createService({ DATABASE_URL: 'postgres://user@db.invalid/users' });
    const free = await freeVariables();
    const dev = run(root, ['--parts-only'], { DATABASE_URL: free.DATABASE_URL });
    await dev.shows(/Ready/);
    assert.equal(await dev.endBy('SIGINT'), 0);
  });

  it('writes a missing .env from .env.example with a random password, which other users cannot read', async () => {
    const free = await freeVariables();
    const variables = { DATABASE_PASSWORD: 'RANDOM_PASSWORD', ...free };
    variables.DATABASE_URL = free.DATABASE_URL.replace('secret', 'RANDOM_PASSWORD');
    const { root, remove } = await createServiceFolder({ '.env.example': envText(variables) });
    cleanUp.push(remove);
    const before = process.umask(0);
    const dev = run(root, ['--parts-only']);
    process.umask(before);
    await dev.shows(/Wrote \.env from \.env\.example, with a random database password[^]*Ready/);
    const written = await readFile(path.join(root, '.env'), 'utf8');
    const password = /^DATABASE_PASSWORD=([\w-]{24})$/m.exec(written)?.[1] ?? 'none';
    assert.equal(written, envText(variables).replaceAll('RANDOM_PASSWORD', password));
    const url = variables.DATABASE_URL.replace('RANDOM_PASSWORD', password);
    assert.deepEqual(await query(url, 'select 1 as one'), [{ one: 1 }]);
    assert.deepEqual(await openToOthers(root, ['.env', '.microservice']), []);
    assert.equal(await dev.endBy('SIGINT'), 0);
  });

  it('makes an older .env private, and warns that other users could read its password', async () => {
    const { DATABASE_URL } = await freeVariables();
    const given = { DATABASE_URL: DATABASE_URL.replace('secret', 'password') };
    const { root } = await createService(given);
    await chmod(path.join(root, '.env'), 0o644);
    const dev = run(root, ['--parts-only']);
    await dev.shows(/Every user of this machine knows the password of DATABASE_URL in \.env[^]*Ready/);
    assert.deepEqual(await openToOthers(root, ['.env']), []);
    assert.equal(await dev.endBy('SIGINT'), 0);
  });

  describe('ends', () => {
    it('on Ctrl-C while it waits for a program that does not answer, which it names', async () => {
      const silent = net.createServer(() => undefined).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      cleanUp.push(() => silent.close());
      const { port } = silent.address() as net.AddressInfo;
      const { root, variables } = await createService({ KAFKA_BOOTSTRAP_SERVERS: `localhost:${port}` });
      const dev = run(root);
      await dev.shows(
        new RegExp(
          `Kafka +.+ accepts connections at localhost:${port} and does not answer; dev waits up to 10 s`,
        ),
      );
      assert.equal(await dev.endBy('SIGINT'), 0);
      assert.doesNotMatch(dev.output(), /is not Kafka/);
      await assertAllClosed({ ...variables, KAFKA_BOOTSTRAP_SERVERS: 'localhost:1' });
    });

    it('on Ctrl-C while a password manager does not write to the pipe .env', async function () {
      if (process.platform === 'win32') this.skip();
      const { root } = await createService();
      await rm(path.join(root, '.env'));
      await promisify(execFile)('mkfifo', [path.join(root, '.env')]);
      const dev = run(root);
      await dev.shows(/dev waits up to 60 s for a text in the pipe \.env/);
      assert.equal(await dev.endBy('SIGINT'), 0);
    });

    it('at once on a second Ctrl-C, and leaves no process', async () => {
      const deaf = `import { createServer } from 'node:http';
        createServer((_, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
        process.on('SIGTERM', () => console.log('service: deaf'));`;
      const { root, variables } = await createService({}, { 'src/main.ts': deaf });
      const dev = run(root);
      await dev.shows(/Service /);
      dev.signal('SIGINT');
      await dev.shows(/service: deaf/);
      const again = setInterval(() => dev.signal('SIGINT'), 100);
      assert.equal(await dev.ended, 'SIGINT');
      clearInterval(again);
      if (process.platform === 'linux') assert.deepEqual(await processesIn(root), []);
      await assertAllClosed(variables);
    });
  });

  describe('in a workspace', () => {
    it('refuses the broker of another workspace, and names a broker that a service in a folder of its own shares', async () => {
      const [ours, theirs] = [await createWorkspace(), await createWorkspace()];
      const first = await createService({}, {}, theirs.parent);
      const { KAFKA_BOOTSTRAP_SERVERS } = first.variables;
      const other = run(first.root, ['--parts-only']);
      await other.shows(/Ready/);
      const second = await createService({ KAFKA_BOOTSTRAP_SERVERS }, {}, ours.parent);
      await refuses(
        second.root,
        new RegExp(
          `the broker at localhost:\\d+ belongs to another workspace, ${theirs.workspace} \\(process ${other.pid}\\).* Set KAFKA_BOOTSTRAP_SERVERS=localhost:\\d+ in`,
        ),
      );
      const alone = await createService({ KAFKA_BOOTSTRAP_SERVERS });
      const dev = run(alone.root, ['--parts-only']);
      await dev.shows(
        new RegExp(
          `Kafka .*\\(embedded, shared with process ${other.pid} in ${theirs.workspace}\\)[^]*Ready`,
        ),
      );
    });

    it('keeps the log of a shared broker there, and takes over the broker when the other service ends', async () => {
      const { workspace, parent } = await createWorkspace();
      const first = await createService({}, {}, parent);
      const { KAFKA_BOOTSTRAP_SERVERS } = first.variables;
      const second = await createService({ KAFKA_BOOTSTRAP_SERVERS }, {}, parent);
      const other = run(first.root, ['--parts-only']);
      await other.shows(/Ready/);
      const dev = run(second.root, ['--parts-only']);
      await dev.shows(/Kafka +localhost:\d+ \(embedded, of process \d+\)[^]*Ready/);
      assert((await stat(path.join(workspace, '.microservice', 'kafka'))).isDirectory());

      assert.equal(await other.endBy('SIGKILL'), 'SIGKILL');
      await dev.shows(/Ready[^]*Kafka +localhost:\d+ \(embedded, \.\.\/\.\.\/\.microservice\/kafka\)/);
      assert(await isOpen(KAFKA_BOOTSTRAP_SERVERS));
      assert.equal(await dev.endBy('SIGINT'), 0);
      await assertAllClosed(second.variables);
    });

    it('starts one broker when two services start at once', async () => {
      const { parent } = await createWorkspace();
      const first = await createService({}, {}, parent);
      const { KAFKA_BOOTSTRAP_SERVERS } = first.variables;
      const second = await createService({ KAFKA_BOOTSTRAP_SERVERS }, {}, parent);
      const both = [run(first.root, ['--parts-only']), run(second.root, ['--parts-only'])];
      await Promise.all(both.map((dev) => dev.shows(/Ready/)));
      const [owners, borrowers] = [/\(embedded, \.\./, /\(embedded, of process/].map((pattern) =>
        both.filter((dev) => pattern.test(dev.output())),
      );
      assert.deepEqual([owners?.length, borrowers?.length], [1, 1]);
      assert.deepEqual(await Promise.all(both.map((dev) => dev.endBy('SIGINT'))), [0, 0]);
    });
  });

  describe('reports one line, and exits with 1', () => {
    it('when PostgreSQL refuses the password', async () => {
      const server = await startPostgres({ user: 'user', password: 'other', databases: ['users'] });
      cleanUp.push(server.stop);
      const { root } = await createService({
        DATABASE_URL: `postgres://user:secret@localhost:${server.port}/users`,
      });
      await refuses(
        root,
        /DATABASE_URL: the PostgreSQL at postgres:\/\/user@localhost:\d+\/users rejects the login: password/,
      );
    });

    it('when PostgreSQL does not have the database', async () => {
      const server = await startPostgres({ user: 'user', password: 'secret' });
      cleanUp.push(server.stop);
      const { root } = await createService({ DATABASE_URL: server.url('users') });
      await refuses(root, /database "users" does not exist\. Create it/);
    });

    it('when another program answers', async () => {
      const stranger = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      cleanUp.push(() => stranger.close());
      const address = stranger.address();
      assert(typeof address === 'object' && address);
      const database = await createService({
        DATABASE_URL: `postgres://u:secret@localhost:${address.port}/users`,
      });
      await refuses(database.root, /DATABASE_URL: the server at localhost:\d+ is not PostgreSQL/);
      const kafka = await createService({ KAFKA_BOOTSTRAP_SERVERS: `localhost:${address.port}` });
      await refuses(kafka.root, /KAFKA_BOOTSTRAP_SERVERS: the server at localhost:\d+ is not Kafka/);
      await assertAllClosed({ ...kafka.variables, KAFKA_BOOTSTRAP_SERVERS: 'localhost:1' });
    });

    it('when nothing answers on another machine', async () => {
      const database = await createService({ DATABASE_URL: 'postgres://u:secret@db.invalid:5432/users' });
      await refuses(
        database.root,
        /DATABASE_URL: nothing answers at db\.invalid:5432\. Start PostgreSQL there, or use localhost/,
      );
      const kafka = await createService({ KAFKA_BOOTSTRAP_SERVERS: 'kafka.invalid:9092' });
      await refuses(
        kafka.root,
        /KAFKA_BOOTSTRAP_SERVERS: nothing answers at kafka\.invalid:9092\. Start Kafka there, or use localhost/,
      );
    });

    it('when an embedded PostgreSQL would have no password', async () => {
      const { DATABASE_URL } = await freeVariables();
      const { root } = await createService({ DATABASE_URL: DATABASE_URL.replace(':secret', '') });
      await refuses(root, /DATABASE_URL has no password, .* Add a password in \.env/);
    });

    it('in production', async () => {
      const { root } = await createService();
      await refuses(root, /NODE_ENV is production/, { NODE_ENV: 'production' });
    });

    it('outside of a service', async () => {
      const { root, remove } = await createServiceFolder();
      cleanUp.push(remove);
      await rm(path.join(root, 'src'), { recursive: true });
      await refuses(
        root,
        /has no src\/main\.ts and is not in a workspace\. Run microservice-devkit in the folder of a service/,
      );
    });

    it('when a migration fails, and stops the started servers', async () => {
      const broken = `export const up = () => Promise.reject(new Error('no such column'));\nexport const down = () => {};\n`;
      const { root, variables } = await createService({}, { 'migrations/20260102000000_broken.ts': broken });
      const dev = run(root);
      assert.equal(await dev.ended, 1);
      assert.match(dev.output(), /microservice-devkit: The migrations failed: .*no such column/);
      await assertAllClosed(variables);
    });

    it('for an unknown flag, and an unknown or missing command', async () => {
      const option = run('.', ['--watch']);
      assert.equal(await option.ended, 1);
      assert.match(
        option.output(),
        /^microservice-devkit: unknown flag --watch; microservice-devkit --help shows the flags\n$/,
      );
      const commands: [string, RegExp][] = [
        ['start', /^microservice-devkit: unknown command "start"; microservice-devkit --help shows/],
        ['--no-watch', /^microservice-devkit: the command is missing; microservice-devkit --help shows/],
      ];
      for (const [word, pattern] of commands) {
        const command = runDevkit('.', [word]);
        assert.equal(await command.ended, 1);
        assert.match(command.output(), pattern);
      }
    });
  });

  it('prints its options, also without a command, and its version', async () => {
    const alone = runDevkit('.', []);
    assert.equal(await alone.ended, 0);
    assert.match(alone.output(), /^Usage: microservice-devkit dev /);
    const help = runDevkit('.', ['--help']);
    assert.equal(await help.ended, 0);
    assert.match(help.output(), /--parts-only[^]*--no-watch/);
    const version = runDevkit('.', ['--version']);
    assert.equal(await version.ended, 0);
    assert.match(version.output(), /^\d+\.\d+\.\d+\n$/);
  });
});

const migrationOf = (table: string): string => `
import type { Knex } from 'knex';
export const up = (knex: Knex) => knex.schema.createTable('${table}', (rows) => rows.text('id').primary());
export const down = (knex: Knex) => knex.schema.dropTable('${table}');
`;

/** Returns those files, and files in them, that another account of the machine can read or enter. */
async function openToOthers(root: string, names: string[]): Promise<string[]> {
  const within = async (name: string) =>
    (await readdir(path.join(root, name), { recursive: true }).catch(() => [])).map((file) =>
      path.join(name, file),
    );
  const all = [...names, ...(await Promise.all(names.map(within))).flat()];
  const found = await Promise.all(
    all.map(async (name) => ({ name, stats: await lstat(path.join(root, name)) })),
  );
  return found
    .filter(({ stats }) => !stats.isSymbolicLink() && (stats.mode & 0o007) !== 0)
    .map(({ name }) => name);
}

const isOpen = async (address: string) => (await ask(parseAddress(address), Buffer.alloc(0))) !== undefined;

async function assertAllClosed({ PORT, DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS }: Variables): Promise<void> {
  const addresses = [`localhost:${PORT}`, `localhost:${new URL(DATABASE_URL).port}`, KAFKA_BOOTSTRAP_SERVERS];
  const open = async () => (await Promise.all(addresses.map(isOpen))).some(Boolean);
  await waitFor(async () => !(await open()), { message: `${addresses.join(', ')} closed` });
}
