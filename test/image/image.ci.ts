import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { stringify } from 'yaml';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { startBroker, type Broker } from '../../src/devkit/broker/broker.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { startPostgres, type PostgresServer } from '../../src/devkit/postgres/postgres.ts';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { requireDocker } from '../support/docker.ts';
import { type Registry, useRegistry } from '../support/registry.ts';

for (const packageManager of ['npm', 'pnpm', 'yarn']) {
  describe(`docker build of a service generated for ${packageManager}`, function () {
    this.timeout(300_000);
    const image = `create-microservice-test-${packageManager}-${process.pid}`;
    const token = 'a-token-that-no-layer-may-hold';
    let folder: string;
    let service: string;
    let registry: Registry;
    let postgres: PostgresServer;
    let broker: Broker;
    let environment: string[];
    let url: string;

    const docker = (...parameters: string[]) => execute('docker', parameters, { cwd: service });
    const inImage = (...command: string[]) =>
      docker('run', '--rm', '--network', 'host', ...environment, image, ...command);

    before(async function () {
      await requireDocker(this);
      folder = await temporaryFolder('image');
      service = path.join(folder, 'user-service');
      registry = await useRegistry();
      [postgres, broker] = await Promise.all([
        startPostgres({ host: '127.0.0.1', databases: ['user_db'] }),
        startBroker(),
      ]);
      await generate();
      const port = await findFreePort('127.0.0.1');
      url = `http://127.0.0.1:${port}`;
      const variables = {
        SERVICE_NAME: 'user-service',
        PORT: String(port),
        DATABASE_URL: postgres.url('user_db'),
        KAFKA_BOOTSTRAP_SERVERS: broker.bootstrapServers,
        AUTH: 'none',
      };
      environment = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      await build('--tag', image);
    });

    /** The address of the registry comes from the argument for npm, from the secret for pnpm, and from both for Yarn. */
    async function build(...parameters: string[]): Promise<void> {
      const id = packageManager === 'yarn' ? 'yarnrc' : 'npmrc';
      const [secret, argument] = [path.join(folder, id), `NPM_CONFIG_REGISTRY=${registry.url}`];
      await writeFile(secret, packageManager === 'yarn' ? yarnrc() : npmrc());
      const fromArgument = packageManager === 'pnpm' ? [] : ['--build-arg', argument];
      await docker(
        ...['build', '--network', 'host', '--secret', `id=${id},src=${secret}`],
        ...fromArgument,
        ...parameters,
        '.',
      );
    }

    const npmrc = () => `registry=${registry.url}\n//registry.invalid/:_authToken=${token}\n`;
    /** The cache of the engine may have packages of an earlier run, with the same versions and another content. */
    const yarnrc = () =>
      stringify({
        globalFolder: `/root/.yarn/${path.basename(folder)}`,
        npmRegistryServer: registry.url,
        unsafeHttpWhitelist: ['127.0.0.1'],
        npmRegistries: { '//registry.invalid': { npmAuthToken: token } },
      });

    after(async () => {
      if (image && service) await docker('image', 'rm', '--force', image).catch(() => undefined);
      await broker?.stop();
      await postgres?.stop();
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    async function generate(): Promise<void> {
      const env = { ...registry.environment, PATH: `${folder}/tools/node_modules/.bin:${process.env.PATH}` };
      const tools = path.join(folder, 'tools');
      const needed = ['create-microservice', 'pnpm@10.34.8', '@yarnpkg/cli-dist@4.18.1'];
      await execute('npm', ['install', '--prefix', tools, ...needed], { cwd: folder, env });
      const resource = ['--resource', 'user', '--fields', 'email:string:unique age:integer:optional'];
      const flags = [
        'user',
        '--yes',
        '--install',
        '--no-git',
        '--package-manager',
        packageManager,
        ...resource,
      ];
      await execute(path.join(tools, 'node_modules', '.bin', 'create-microservice'), flags, {
        cwd: folder,
        env,
      });
    }

    it('holds no development dependency, no source and no .env', async () => {
      const modules = (await inImage('ls', 'node_modules', 'node_modules/.bin')).split(/\s+/);
      assert.ok(modules.includes('microservice-runtime') && modules.includes('knex'));
      for (const name of ['microservice-devkit', 'typescript', 'mocha', 'tsx', 'prettier', 'oxlint']) {
        assert.ok(!modules.includes(name), `${name} is in the image`);
      }
      const files = (await inImage('ls', '-A')).trim().split(/\s+/).toSorted();
      assert.deepEqual(files, ['.compile-cache', 'dist', 'knexfile.js', 'node_modules', 'package.json']);
    });

    it('starts with the compiled form of its code', async () => {
      const load = `node -e "import('/app/dist/src/app.js').finally(() => process.exit())"`;
      const log = await inImage('sh', '-c', `NODE_DEBUG_NATIVE=COMPILE_CACHE ${load} 2>&1`);
      assert.match(log, /file:\/\/\/app\/dist\/src\/app\.js was accepted/);
      assert.match(log, /\/node_modules\/microservice-runtime\/\S+ was accepted/);
    });

    it('holds the token of the registry in no stage', async () => {
      const stage = `${image}-stage`;
      await build('--target', 'build', '--tag', stage);
      try {
        const search = ['grep', '-rlF', token, '/app', '/root'];
        const found = await docker('run', '--rm', stage, 'sh', '-c', `${search.join(' ')} || true`);
        assert.equal(found, '');
      } finally {
        await docker('image', 'rm', '--force', stage);
      }
    });

    it('migrates with its own command, and plain knex sees the same migrations', async () => {
      await inImage('node_modules/.bin/microservice-runtime', 'migrate');
      const status = await inImage('node_modules/.bin/knex', 'migrate:status');
      assert.match(status, /No Pending Migration files/i);
    });

    it('does not run as root, becomes ready, and on SIGTERM answers the requests in flight and ends', async () => {
      const name = `${image}-run`;
      await docker('run', '--detach', '--name', name, '--network', 'host', ...environment, image);
      try {
        await untilReady(name);
        assert.notEqual((await docker('exec', name, 'id', '-u')).trim(), '0');

        const slow = await slowPost();
        const stopping = performance.now();
        await docker('kill', '--signal', 'TERM', name);
        const answered = slow.finish();
        const exitCode = (await docker('wait', name)).trim();
        const seconds = (performance.now() - stopping) / 1000;
        console.log(`      ended ${seconds.toFixed(2)} s after SIGTERM`);
        assert.match(await answered, /^HTTP\/1\.1 201 /);
        assert.equal(exitCode, '0');
      } finally {
        await docker('rm', '--force', name);
      }
    });

    async function untilReady(name: string): Promise<void> {
      const isReady = async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok;
      await waitFor(isReady, { timeout: 30_000, message: 'ready' }).catch(async (error: unknown) => {
        throw new Error(`the container did not become ready:\n${await docker('logs', name)}`, {
          cause: error,
        });
      });
    }

    /** A request whose body is half sent. */
    async function slowPost() {
      const body = JSON.stringify({ email: 'slow@example.com' });
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      await once(socket, 'connect');
      const headers = `host: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
      socket.write(`POST /v1/users HTTP/1.1\r\n${headers}\r\n\r\n${body.slice(0, 10)}`);
      // The service has the request once it answers another one that was sent later.
      await fetch(`${url}/health/live`);
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      const closed = once(socket, 'close');
      const finish = async () => {
        await waitFor(async () => (await fetch(`${url}/health/live`).catch(() => undefined)) === undefined, {
          message: 'no new connection is taken',
        });
        socket.write(body.slice(10));
        await closed;
        return answer;
      };
      return { finish };
    }
  });
}
