import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { collect, end, start } from '../../scripts/support/command.ts';
import { writeSevenServices } from '../../scripts/support/seven-services.ts';
import { untilReady } from '../../scripts/support/until-ready.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { workspaceMap } from '../../src/devkit/workspace/commands/map.ts';
import { svgText } from '../../src/devkit/workspace/map/svg.ts';

const repository = path.resolve(import.meta.dirname, '..', '..');
const cli = path.join(repository, 'src', 'devkit', 'cli.ts');
const names = ['auth', 'driver', 'inventory', 'notification', 'order', 'payment', 'user'];

describe('a workspace of seven services', function () {
  this.timeout(900_000);
  let folder: string;
  let workspace: string;
  const ports: Record<string, number> = {};

  /** Runs `microservice-devkit`; resolves to its output, with the error output. */
  const run = (...args: string[]): { code: number; output: string } => {
    const { PATH = '', HOME = '' } = process.env;
    const options = { cwd: workspace, env: { PATH, HOME }, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
    try {
      const words = ['--import', 'tsx', cli, ...args];
      return { code: 0, output: execFileSync(process.execPath, words, { ...options, stdio: 'pipe' }) };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
      return { code: status, output: `${stdout}${stderr}` };
    }
  };
  const passes = (...args: string[]): string => {
    const { code, output } = run(...args);
    assert.equal(code, 0, output);
    return output;
  };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
      cwd: workspace,
      stdio: 'pipe',
    });
  const rootOf = (name: string) => path.join(workspace, 'services', `${name}-service`);

  before(async () => {
    const parent = path.join(repository, '.tmp'); // so that the services find the packages
    await mkdir(parent, { recursive: true });
    folder = await mkdtemp(path.join(parent, 'seven-'));
    workspace = await writeSevenServices(folder);
    const [broker, issuer] = [await findFreePort('127.0.0.1'), await findFreePort('127.0.0.1')];
    for (const name of names) {
      await symlink(path.join(repository, 'node_modules'), path.join(rootOf(name), 'node_modules'));
      const example = await readFile(path.join(rootOf(name), '.env.example'), 'utf8');
      const [port, database] = [await findFreePort('127.0.0.1'), await findFreePort('127.0.0.1')];
      ports[name] = port;
      await writeFile(
        path.join(rootOf(name), '.env'),
        example
          .replaceAll('RANDOM_PASSWORD', 'secret')
          .replace(/^(DATABASE_URL=.*@localhost:)\d+/m, `$1${database}`)
          .replace(/^PORT=.*/m, `PORT=${port}`)
          .replace(/^(KAFKA_BOOTSTRAP_SERVERS=localhost:)\d+/m, `$1${broker}`)
          .replace(/^(AUTH_ISSUER=http:\/\/localhost:)\d+/m, `$1${issuer}`),
      );
    }
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

  it('is drawn in docs/workspace.md (npm run seven draws it again)', async () => {
    const { map } = await workspaceMap(workspace);
    assert.equal(await readFile(path.join(repository, 'docs', 'workspace-map.svg'), 'utf8'), svgText(map));
  });

  it('is listed, migrated and tested with one command each', () => {
    for (const name of names) assert.match(passes('list'), new RegExp(`^${name}-service +1\\.0\\.0`, 'm'));
    assert.match(passes('migrate'), /7 services: 7 ok/);
    const { services } = JSON.parse(passes('status', '--json')) as { services: { pending: string[] }[] };
    assert.deepEqual(
      services.flatMap(({ pending }) => pending),
      [],
    );
    assert.match(passes('test', '--jobs', '1'), /7 services: 7 ok/);
  });

  it('accepts one token of the development issuer in two services', async () => {
    const { PATH = '', HOME = '' } = process.env;
    const options = { cwd: workspace, env: { PATH, HOME } };
    const dev = start(process.execPath, ['--import', 'tsx', cli, 'dev', 'user', 'order'], options);
    const output = collect(dev);
    const api = (name: string, route: string) => `http://localhost:${ports[name]}${route}`;
    const list = async (name: string, token?: string) =>
      (
        await fetch(api(name, `/v1/${name}s`), {
          ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
        })
      ).status;
    try {
      for (const name of ['user', 'order']) await untilReady(api(name, '/health/ready'), dev, output);
      const both = passes('token', 'user', 'order', '--sub', 'ada', '--role', 'admin').trim();
      const one = passes('token', 'user', '--sub', 'ada').trim();
      const statuses = await Promise.all(
        ['user', 'order'].map((name) =>
          Promise.all([both, one, undefined].map((token) => list(name, token))),
        ),
      );
      assert.deepEqual(statuses, [
        [200, 200, 401],
        [200, 401, 401],
      ]);
    } catch (error) {
      throw new Error(output().slice(-5_000), { cause: error });
    } finally {
      await end(dev, 60_000);
    }
  });

  it('has a map and contracts without a fault, until user.created changes', async () => {
    passes('map', '--write');
    assert.match(passes('run', 'contracts', '--jobs', '2'), /7 services: 7 ok/);
    for (const name of names) await readFile(path.join(rootOf(name), 'openapi.json'));
    git('-c', 'init.defaultBranch=main', 'init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'all');
    assert.match(passes('check', '--against', 'main'), /7 services: 0 breaking, 0 to review/);
    const file = path.join(rootOf('user'), 'asyncapi.json');
    const contract = JSON.parse(await readFile(file, 'utf8')) as Contract;
    const { payload } = contract.components.messages['user.created.v1'];
    payload.properties['name'] = { type: 'integer' };
    await writeFile(file, JSON.stringify(contract));
    const { code, output } = run('check', '--against', 'main');
    assert.equal(code, 1);
    assert.match(
      output,
      /^user-service: error: user\.created v1, field name: the type is integer, and was string/m,
    );
    assert.match(output, /^ {4}read by notification-service, order-service$/m);
    const tested = run('test', '--affected', '--jobs', '1').output; // the contract of user-service is not that of its code
    assert.match(tested, /^notification-service +ok /m);
    assert.match(tested, /^order-service +ok /m);
    assert.match(tested, /^user-service +failed /m);
    assert.match(tested, /^3 services: /m);
  });
});

interface Contract {
  components: { messages: { 'user.created.v1': { payload: { properties: Record<string, object> } } } };
}
