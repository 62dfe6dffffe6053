import assert from 'node:assert/strict';
import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { type Registry, useRegistry } from '../support/registry.ts';
import { run } from './support/command.ts';
import { filesWithoutPasswords } from './support/without-passwords.ts';

const builder = new URL('../../generators/build/build.mjs', import.meta.url).href;
/** The first version that uses Yeoman's environment 6, as the generators do. */
const yoVersion = '7.0.1';

describe('yo from npm, with generator-microservice from a registry', function () {
  this.timeout(300_000);
  let folder: string;
  let registry: Registry;

  before(async () => {
    folder = await temporaryFolder('yo');
    registry = await useRegistry();
    await publishGenerator();
    const tools = [`yo@${yoVersion}`, 'generator-microservice'];
    await npm('install', '--global', '--prefix', path.join(folder, 'tools'), ...tools);
    for (const name of ['by-yo', 'by-command']) await writable(name);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const npm = (...args: string[]) => execute('npm', args, { cwd: folder, env: registry.environment });
  /** As root, yo changes to another account, which must be able to write. */
  async function writable(name: string): Promise<void> {
    await mkdir(path.join(folder, name));
    await chmod(path.join(folder, name), 0o777);
  }

  async function publishGenerator(): Promise<void> {
    const { buildYeomanPackage } = (await import(builder)) as {
      buildYeomanPackage: (options: { outdir: string }) => Promise<void>;
    };
    const outdir = path.join(folder, 'package');
    await buildYeomanPackage({ outdir });
    await npm('publish', outdir, '--ignore-scripts');
  }

  const yo = (cwd: string, ...args: string[]) =>
    run(args, {
      cwd: path.join(folder, 'by-yo', cwd),
      program: [path.join(folder, 'tools', 'bin', 'yo')],
      env: { HOME: path.join(folder, 'by-yo'), NO_UPDATE_NOTIFIER: '1' },
    });
  const command = (cwd: string, ...args: string[]) =>
    run(args, { cwd: path.join(folder, 'by-command', cwd) });

  it('finds the generators', async () => {
    const { code, output } = await yo('', '--generators');
    assert.equal(code, 0);
    assert.match(output, /microservice\n(?: +\w+\n)* +resource\n(?: +\w+\n)* +update\n/);
  });

  it('writes and changes a service as the command does', async () => {
    const service = ['user', '--yes', '--no-git', '--no-install', '--fields', 'email:string:unique'];
    const written = await yo('', 'microservice', ...service);
    assert.deepEqual(written, await command('', ...service));
    assert.equal(written.code, 0);
    for (const [name = '', ...args] of [
      ['resource', 'order', '--fields', 'code:string:unique total:decimal'],
      ['event', 'order.shipped', '--fields', 'carrier:string'],
      ['remove', 'event', 'order.shipped'],
      ['update', '--check'],
    ])
      assert.deepEqual(
        await yo('user-service', `microservice:${name}`, ...args),
        await command('user-service', name, ...args),
      );
    const [ours, theirs] = ['by-command', 'by-yo'].map((name) => path.join(folder, name, 'user-service'));
    assert.deepEqual(await filesWithoutPasswords(String(theirs)), await filesWithoutPasswords(String(ours)));
  });

  it('exits with 1 and one line for a refused call, and writes nothing', async () => {
    const { code, output, errors } = await yo('user-service', 'microservice:resource', 'orders', '--yes');
    assert.equal(code, 1, output);
    assert.match(errors.join('\n'), /"orders" is a plural; use the singular \("order"\)/);
  });
});
