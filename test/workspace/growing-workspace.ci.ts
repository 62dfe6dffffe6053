import assert from 'node:assert/strict';
import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { collect, end, execute, start } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { untilReady } from '../../scripts/support/until-ready.ts';
import { findFreePort } from '../../src/devkit/postgres/server/free-port.ts';
import { waitFor } from '../../src/devkit/testing.ts';
import { type Registry, useRegistry } from '../support/registry.ts';
import { age, calls, edit, edits } from './growing-workspace.ts';

const names = ['order', 'payment', 'catalog', 'mail'] as const;
type Name = (typeof names)[number];

describe('a workspace of four services that commands have built', function () {
  this.timeout(300_000);
  let folder: string;
  let workspace: string;
  let registry: Registry;
  const ports = {} as Record<Name, number>;

  const folderOf = (name: Name) => path.join(workspace, 'services', `${name}-service`);
  const npm = (cwd: string, ...args: string[]) => execute('npm', args, { cwd, env: registry.environment });
  const command = (cwd: string, ...args: string[]) =>
    execute(path.join(folder, 'node_modules', '.bin', 'create-microservice'), args, { cwd });
  const inEach = <Value>(act: (name: Name) => Promise<Value>) => Promise.all(names.map(act));

  before(async () => {
    folder = await temporaryFolder('growing-workspace');
    workspace = path.join(folder, 'shop');
    registry = await useRegistry();
    await npm(folder, 'install', '--prefix', folder, 'create-microservice');
    await command(folder, 'workspace', 'shop', '--yes', '--no-git');
    for (const [from, ...args] of calls)
      await command(path.join(workspace, from), ...args, ...(await newFlags(args)));
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

  /** Free ports for a new service, since other programs may use the usual ones. */
  async function newFlags([name]: string[]): Promise<string[]> {
    const found = names.find((each) => each === name);
    if (!found) return [];
    const [port, databasePort] = [await findFreePort('127.0.0.1'), await findFreePort('127.0.0.1')];
    ports[found] = port;
    return ['--yes', '--no-git', '--no-install', '--port', `${port}`, '--database-port', `${databasePort}`];
  }

  it('keeps the edits of its owner when it is updated from older templates', async () => {
    for (const each of edits) await edit(workspace, each);
    await age(workspace);
    await inEach(async (name) => {
      await assert.rejects(command(folderOf(name), 'update', '--check'), /ended with 2/);
      const output = await command(folderOf(name), 'update');
      assert.match(output, /written {3}src\/main\.ts\n/);
      assert.doesNotMatch(output, /conflict|removed|left {6}(?!asyncapi)/);
      await command(folderOf(name), 'update', '--check');
    });
    for (const [name, file, , to] of edits) {
      const text = await readFile(path.join(folderOf(name as Name), file), 'utf8');
      assert.ok(text.includes(to), `${name} ${file}: ${to}`);
      assert.doesNotMatch(text, /^(?:#|\/\/) older$|"knex": "~3\.2/m);
    }
  });

  it('passes the types, the lint and the tests of each service', async () => {
    const [first, ...others] = names;
    await npm(folderOf(first), 'install');
    for (const name of others)
      for (const each of ['node_modules', 'package-lock.json'])
        await cp(path.join(folderOf(first), each), path.join(folderOf(name), each), { recursive: true });
    for (const name of names) {
      for (const script of ['format', 'contracts', 'typecheck', 'lint'])
        await npm(folderOf(name), 'run', script);
      assert.match(await npm(folderOf(name), 'test'), /passing/);
    }
  });

  it('starts with npm run dev, and an event of one service leads to an event and a copy in others', async () => {
    await npm(workspace, 'install');
    const env = {
      ...registry.environment,
      KAFKA_BOOTSTRAP_SERVERS: `localhost:${await findFreePort('127.0.0.1')}`,
    };
    const dev = start('npm', ['run', 'dev'], { cwd: workspace, env });
    const output = collect(dev);
    try {
      await inEach((name) => untilReady(`http://localhost:${ports[name]}/health/ready`, dev, output));
      const { id } = await request<{ id: string }>('order', 'POST', '/v1/orders', {
        code: 'one',
        total: '4.75',
      });
      const copies = () => request<{ items: object[] }>('mail', 'GET', '/v1/payment-copies');
      await waitFor(async () => (await copies()).items.length === 1, { message: 'the copy of the payment' });
      await request('order', 'POST', `/v1/orders/${id}/ship`);
      await waitFor(() => /mail-service.*"order\.shipped"/.test(output()), { message: 'the handled event' });
    } catch (error) {
      throw new Error(output().slice(-5_000), { cause: error });
    } finally {
      await end(dev, 60_000);
    }
  });

  async function request<Body>(name: Name, method: string, route: string, body?: object): Promise<Body> {
    const response = await fetch(`http://localhost:${ports[name]}${route}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }
});
