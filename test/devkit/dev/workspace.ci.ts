import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { isListening, parseAddress } from '../../../src/devkit/dev/environment/address.ts';
import { waitFor } from '../../../src/devkit/testing.ts';
import { type DevProcess, runDevkit } from './dev-process.ts';
import { createServiceFolder, envText, freeVariables, type ServiceFolder } from './service-folder.ts';

type Variables = Awaited<ReturnType<typeof freeVariables>>;
type TestService = ServiceFolder & { variables: Variables };

describe('microservice-devkit dev in a workspace', function () {
  this.timeout(300_000);
  const running: DevProcess[] = [];
  const cleanUp: (() => unknown)[] = [];
  let workspace: string;

  beforeEach(async () => {
    const temporary = path.resolve(import.meta.dirname, '../../../.tmp');
    await mkdir(temporary, { recursive: true });
    workspace = await mkdtemp(path.join(temporary, 'work space-'));
    await chmod(workspace, 0o755);
    await writeFile(path.join(workspace, 'docker-compose.kafka.yml'), '');
  });
  afterEach(async () => {
    for (const process of running.splice(0)) await process.endBy('SIGKILL');
    for (const clean of cleanUp.splice(0)) await clean();
    await rm(workspace, { recursive: true, force: true, maxRetries: 20 });
  });

  const run = (cwd: string, args: string[] = [], environment: Record<string, string> = {}) => {
    const process = runDevkit(cwd, ['dev', ...args], environment);
    running.push(process);
    return process;
  };

  /** Services with these names, which share a Kafka cluster. */
  const createServices = async (names: string[], files: Record<string, string> = {}) => {
    const { KAFKA_BOOTSTRAP_SERVERS } = await freeVariables();
    const services: TestService[] = [];
    for (const name of names) {
      const variables = { ...(await freeVariables()), SERVICE_NAME: name, KAFKA_BOOTSTRAP_SERVERS };
      const parent = path.join(workspace, 'services');
      services.push({
        ...(await createServiceFolder({ '.env': envText(variables), ...files }, parent, name)),
        variables,
      });
    }
    return services;
  };
  const createTwo = async (files?: Record<string, string>) => {
    const [user, mail] = await createServices(['user-service', 'mail-service'], files);
    assert(user && mail);
    return { user, mail };
  };

  const fails = async (args: string[], pattern: RegExp) => {
    const dev = run(workspace, args);
    assert.equal(await dev.ended, 1, dev.output());
    assert.match(dev.output(), pattern);
    assert.doesNotMatch(dev.output(), /\n +at /);
  };

  it('starts all services, shows their addresses, and stops all of them on SIGTERM', async () => {
    const { user, mail } = await createTwo();
    const dev = run(workspace);
    await dev.shows(/Ctrl-C stops/);
    for (const { variables } of [user, mail]) {
      const { SERVICE_NAME: name, PORT, DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS } = variables;
      const url = `http://localhost:${PORT}`;
      assert.match(dev.output(), new RegExp(`^${name} +\\| Migrations +applied`, 'm'));
      assert.match(dev.output(), new RegExp(`^${name} +\\| service: up$`, 'm'));
      assert.match(
        dev.output(),
        new RegExp(`^dev +\\| ${name} +${url} +${url}/docs +postgres://user@localhost`, 'm'),
      );
      assert.match(dev.output(), new RegExp(`^dev +\\| Kafka +${KAFKA_BOOTSTRAP_SERVERS}$`, 'm'));
      assert(await isOpen(`localhost:${new URL(DATABASE_URL).port}`));
    }
    assert.equal(dev.output().match(/Kafka .*embedded/g)?.length, 1, 'one broker');
    assert(!dev.output().includes('\x1b['), 'no colors without a terminal');
    assert.equal(await dev.endBy('SIGTERM'), 0);
    assert.equal(dev.output().match(/service: SIGTERM/g)?.length, 2, 'each is told once');
    await assertAllClosed(user.variables, mail.variables);
  });

  it('starts only the named services, or the service of the folder', async () => {
    const { user, mail } = await createTwo();
    const dev = run(path.join(workspace, 'services'), ['mail']);
    await dev.shows(/mail-service \| Service /);
    assert.doesNotMatch(dev.output(), /user-service/);
    const own = run(user.root);
    await own.shows(/^Service /m);
    assert.doesNotMatch(own.output(), /\| /);
    assert.deepEqual(await Promise.all([dev.endBy('SIGINT'), own.endBy('SIGINT')]), [0, 0]);
    await assertAllClosed(user.variables, mail.variables);
  });

  it('gives each service its own addresses and the other variables of the terminal', async () => {
    const main = `console.log('has', process.env.PORT, process.env.GREETING); setInterval(() => {}, 1000);`;
    const { user, mail } = await createTwo({ 'src/main.ts': main });
    const dev = run(workspace, [], {
      PORT: '1',
      DATABASE_URL: 'postgres://nobody@db.invalid/x',
      GREETING: 'hello',
    });
    for (const { variables } of [user, mail])
      await dev.shows(new RegExp(`${variables.SERVICE_NAME} +\\| has ${variables.PORT} hello`));
  });

  it('colors the names on request', async () => {
    await createTwo({ 'src/main.ts': `console.log('{"level":"error","msg":"no"}');` });
    const wanted = run(workspace, ['--no-watch'], { FORCE_COLOR: '1' });
    await wanted.ended;
    assert.match(wanted.output(), /\x1b\[36mmail-service \|\x1b\[0m Migrations/); // oxlint-disable-line no-control-regex
    assert(wanted.output().includes('\x1b[31m{"level":"error","msg":"no"}\x1b[0m\n'));
    const unwanted = run(workspace, ['--no-watch'], { FORCE_COLOR: '1', NO_COLOR: '1' });
    await unwanted.ended;
    assert(!unwanted.output().includes('\x1b['));
  });

  it('restarts only the service whose code changes', async () => {
    const { user, mail } = await createTwo();
    const dev = run(workspace);
    await dev.shows(/Ctrl-C stops/);
    await user.write('src/new folder/greeting.ts', `console.log('hello');`);
    const main = await readFile(path.join(user.root, 'src', 'main.ts'), 'utf8');
    await user.write('src/main.ts', `import './new folder/greeting.ts';\n${main}`);
    await dev.shows(
      /user-service \| Changed [^]*service: SIGTERM[^]*user-service \| hello\n[^]*user-service \| service: up/,
    );
    await user.write('src/new folder/greeting.ts', `console.log('good bye');`);
    await dev.shows(/user-service \| Changed +src\/new folder\/greeting\.ts[^]*user-service \| good bye\n/);
    assert.doesNotMatch(dev.output(), /mail-service \| (Changed|service: SIG)/);
    assert(await isOpen(`localhost:${mail.variables.PORT}`));
  });

  it('reports a service that ended, and restarts it after increasing pauses', async () => {
    const { user } = await createTwo();
    await user.write('src/main.ts', `console.error('no such thing'); process.exit(7);`);
    const dev = run(workspace);
    await dev.shows(/no such thing\n[^]*\| Ended +with 7; restarts in 1 s[^]*Ended +with 7; restarts in 2 s/);
    await user.write('src/main.ts', `console.log('mended'); setInterval(() => {}, 1000);`);
    await dev.shows(/user-service \| mended/);
    assert.equal(dev.output().match(/mail-service \| service: up/g)?.length, 1);
  });

  it('leaves no process that a service has started', async () => {
    const child = `import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
      console.log('child ' + child.pid);`;
    const { user } = await createTwo();
    await user.write(
      'src/main.ts',
      `${child}\n${await readFile(path.join(user.root, 'src/main.ts'), 'utf8')}`,
    );
    const dev = run(workspace);
    await dev.shows(/Ctrl-C stops/);
    const pid = Number(/child (\d+)/.exec(dev.output())?.[1]);
    assert(isAlive(pid));
    assert.equal(await dev.endBy('SIGINT'), 0);
    await waitFor(() => !isAlive(pid));
  });

  it('joins another dev: starts only services that do not run, and takes over the shared servers', async () => {
    const { user, mail } = await createTwo();
    const first = run(workspace, ['user']);
    await first.shows(/Ctrl-C stops/);
    const second = run(workspace);
    await second.shows(/Ctrl-C stops/);
    assert.match(
      second.output(),
      /user-service \| Already runs at http:\/\/localhost:\d+ \(process \d+\); not started again/,
    );
    assert.match(
      second.output(),
      new RegExp(`dev +\\| user-service +http://localhost:${user.variables.PORT} .*of process`),
    );
    assert.match(second.output(), /mail-service \| service: up/);

    const third = run(workspace);
    assert.equal(await third.ended, 0);
    assert.equal(third.output().match(/Already runs/g)?.length, 2);
    const parts = run(user.root, ['--parts-only']);
    await parts.shows(/PostgreSQL .*\(embedded, of process \d+\)[^]*Ready/);

    await first.endBy('SIGINT');
    await parts.shows(
      /PostgreSQL .*\(embedded, \.microservice\/postgres\)|PostgreSQL .*\(embedded, .*user-service/,
    );
    assert(await isOpen(`localhost:${new URL(user.variables.DATABASE_URL).port}`));
    await second.shows(
      /Ctrl-C stops[^]*Kafka +localhost:\d+ \(embedded, \.microservice|Ctrl-C stops[^]*Kafka .*embedded/,
    );
    assert(await isOpen(mail.variables.KAFKA_BOOTSTRAP_SERVERS));
    const again = run(workspace, ['user']);
    await again.shows(/user-service \| service: up/);
  });

  it('takes over a PostgreSQL whose dev was killed', async () => {
    const { user } = await createTwo();
    const first = run(user.root, ['--parts-only']);
    await first.shows(/Ready/);
    const second = run(user.root);
    await second.shows(/Service /);
    await first.endBy('SIGKILL');
    await second.shows(/Service [^]*PostgreSQL .*\(embedded, \.\.?\/?.*postgres\)/);
    assert(await isOpen(`localhost:${new URL(user.variables.DATABASE_URL).port}`));
  });

  describe('reports the fault, and exits with 1', () => {
    it('for an unknown service, and lists the known ones', async () => {
      await createTwo();
      await fails(
        ['user', 'nobody'],
        /This workspace has no service "nobody"\. Its services: mail-service, user-service\./,
      );
    });

    it('without services', () =>
      fails([], /services contains no service\. Create one: npm init microservice user/));

    it('for all services at once, and names the program that uses a port', async () => {
      const { user, mail } = await createTwo();
      const stranger = net.createServer().listen(Number(user.variables.PORT), '127.0.0.1');
      await once(stranger, 'listening');
      cleanUp.push(() => stranger.close());
      const { SERVICE_NAME: _, ...rest } = mail.variables;
      await mail.write('.env', envText(rest));
      await fails([], /mail-service: .*\n.*SERVICE_NAME/);
      const holder = process.platform === 'linux' ? `process ${process.pid} \\(.*\\)` : '.*';
      await fails(
        ['user'],
        new RegExp(`PORT: ${holder} listens at localhost:${user.variables.PORT}\\. Stop it`),
      );
      await fails([], /\n {2}mail-service: [^]*\n {2}user-service: PORT: /);
    });

    it('when two services name different Kafka clusters', async () => {
      const { user } = await createTwo();
      const other = await freeVariables();
      await user.write(
        '.env',
        envText({ ...user.variables, KAFKA_BOOTSTRAP_SERVERS: other.KAFKA_BOOTSTRAP_SERVERS }),
      );
      await fails([], /KAFKA_BOOTSTRAP_SERVERS is localhost:\d+, but another service has localhost:\d+/);
    });

    it('when two services have the same port', async () => {
      const { user, mail } = await createTwo();
      await user.write('.env', envText({ ...user.variables, PORT: mail.variables.PORT }));
      await fails([], /PORT is \d+ for both mail-service and user-service\. Change one of the two in \.env/);
    });
  });
});

const isOpen = (address: string) => isListening(parseAddress(address));

async function assertAllClosed(...all: Variables[]): Promise<void> {
  const addresses = all.flatMap(({ PORT, DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS }) => [
    `localhost:${PORT}`,
    `localhost:${new URL(DATABASE_URL).port}`,
    KAFKA_BOOTSTRAP_SERVERS,
  ]);
  const open = async () => (await Promise.all(addresses.map(isOpen))).some(Boolean);
  await waitFor(async () => !(await open()), { message: `${addresses.join(', ')} closed` });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
