import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { collect, end, execute, start } from '../../../scripts/support/command.ts';
import { exampleServices } from '../../../scripts/support/example-workspace.ts';
import { temporaryFolder } from '../../../scripts/support/temporary-folder.ts';
import { findFreePort } from '../../../src/devkit/postgres/server/free-port.ts';
import { waitFor } from '../../../src/devkit/testing.ts';
import { type Registry, useRegistry } from '../../support/registry.ts';
import { processesIn } from './processes.ts';

const command = path.resolve(import.meta.dirname, '../../../dist/create-microservice.js');

describe('npm run dev in a workspace, installed from a registry', function () {
  this.timeout(300_000);
  let folder: string;
  let registry: Registry;

  before(async () => {
    folder = await temporaryFolder('installed dev');
    registry = await useRegistry();
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

  it('runs all services; an event of one is handled by the other; SIGTERM to npm ends everything', async () => {
    const env = registry.environment;
    const generate = (cwd: string, flags: string[]) =>
      execute(process.execPath, [command, ...flags, '--yes', '--no-git'], { cwd });
    const install = (cwd: string) => execute('npm', ['install', '--no-audit', '--no-fund'], { cwd, env });
    const ports = await Promise.all([1, 2, 3, 4, 5].map(() => findFreePort('127.0.0.1')));
    const [userPort, mailPort, userDatabase, mailDatabase, kafka] = ports.map(String);
    await generate(folder, ['workspace', 'shop']);
    const workspace = path.join(folder, 'shop');
    await install(workspace);
    const services = [
      ['user', '--port', userPort, '--database-port', userDatabase, ...exampleServices.user],
      ['mail', '--port', mailPort, '--database-port', mailDatabase, ...exampleServices.notification],
    ];
    for (const flags of services)
      await generate(workspace, ['service', ...flags.map((flag) => flag ?? ''), '--no-install']);
    for (const name of ['user', 'mail']) await install(path.join(workspace, 'services', `${name}-service`));

    const dev = start('npm', ['run', 'dev'], {
      cwd: workspace,
      env: { ...env, KAFKA_BOOTSTRAP_SERVERS: `localhost:${kafka}` },
    });
    const output = collect(dev);
    try {
      await waitFor(() => output().includes('Ctrl-C stops') || dev.exitCode !== null, { timeout: 180_000 });
      const response = await fetch(`http://localhost:${userPort}/v1/users`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ada@example.com', name: 'Ada', age: 36, active: true }),
      });
      assert.equal(response.status, 201, output());
      const { id } = (await response.json()) as { id: string };
      const copy = async () =>
        (await fetch(`http://localhost:${mailPort}/v1/user-copies/${id}`)).status === 200;
      await waitFor(copy, { message: 'the copy of mail-service' });
    } finally {
      await end(dev);
    }
    if (process.platform === 'linux') await waitFor(async () => (await processesIn(workspace)).length === 0);
  });
});
