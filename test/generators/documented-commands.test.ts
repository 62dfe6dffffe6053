import assert from 'node:assert/strict';
import { cp, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { bundledCommand, cleanEnvironment, filesIn, newFolder, quick, run } from './support/command.ts';
import { copyForEachTest } from './support/copied-service.ts';
import { assertEffect } from './support/documented-effects.ts';
import { npmFunction, shellLines } from './support/shell-blocks.ts';

const root = path.resolve(import.meta.dirname, '../..');
const readDocument = (file: string) => readFile(path.join(root, file), 'utf8');

describe('the documented commands that add to a service', function () {
  this.timeout(180_000);
  let workspace: string;
  let service: string;
  copyForEachTest(
    'shop/services/user-service',
    async (cwd) => {
      const shop = path.join(cwd, 'shop');
      await call(cwd, 'workspace', 'shop', '--yes', '--no-git');
      await call(shop, 'user', ...quick, '--fields', 'email:string:unique name:string');
      for (const sibling of ['order', 'payment']) await call(shop, sibling, ...quick);
      await call(path.join(shop, 'services', 'payment-service'), 'event', 'payment.processed', '--yes');
    },
    ({ cwd, folder }) => ([workspace, service] = [path.join(cwd, 'shop'), folder]),
  );

  const call = async (cwd: string, ...args: string[]) => {
    const { code, errors } = await run(args, { cwd });
    assert.deepEqual([code, errors], [0, []]);
  };
  const shell = async (script: string, cwd: string) =>
    execute('sh', ['-e', '-c', `${npmFunction}\n${script}`], {
      cwd,
      env: { ...cleanEnvironment(), PROGRAM: await bundledCommand() },
    });

  /** Runs each line in its own shell, after the earlier lines that change the folder. */
  async function follow(lines: string[], from: string, before?: (line: string) => Promise<void>) {
    let script = '';
    for (const line of lines) {
      if (line.startsWith('cd ')) {
        script += `${line}\n`;
        continue;
      }
      await before?.(`${script}${line}`);
      await shell(`${script}${line}`, from);
      await assertEffect(line, service);
    }
    await call(service, 'update', '--check');
  }

  /** The same line with `--dry-run` shows differences, and writes nothing. */
  async function assertDryRun(script: string) {
    const files = await filesIn(service);
    const output = await shell(script.replace(/$|(?= +#)/, ' --dry-run'), workspace);
    if (!/ update /.test(script)) assert.match(output, /^\+ /m);
    assert.match(output, /\nNothing was written\.\n$/);
    assert.deepEqual(await filesIn(service), files);
  }

  it('work as the README of the repository shows them, and the code compiles', async () => {
    const lines = shellLines(await readDocument('README.md'), 'Add to a service');
    assert.equal(lines.length, 5, lines.join('\n'));
    await follow(lines, workspace, assertDryRun);
    await symlink(path.join(root, 'node_modules'), path.join(service, 'node_modules'));
    await execute(path.join(root, 'node_modules', '.bin', 'tsc'), ['--noEmit'], { cwd: service });
  });

  it('work as docs/adding.md shows them', async () => {
    await rm(path.join(workspace, 'services', 'order-service'), { recursive: true });
    const lines = shellLines(await readDocument('docs/adding.md'), 'How do I add to a service\\?');
    assert.ok(lines.length >= 6, lines.join('\n'));
    await follow(lines, service);
  });

  it('work as the README of a service shows them', async () => {
    const lines = shellLines(await readFile(path.join(service, 'README.md'), 'utf8'), 'Add to it');
    assert.ok(lines.length >= 5, lines.join('\n'));
    await follow(lines, service);
  });

  it('work with the contract of a service that is not beside it, with --contract', async () => {
    const [alone, contract] = [path.join(await newFolder(), 'user-service'), await newFolder()];
    await cp(service, alone, { recursive: true });
    await cp(
      path.join(workspace, 'services', 'payment-service', 'asyncapi.json'),
      path.join(contract, 'asyncapi.json'),
    );
    const line = 'npm init microservice consumer payment.processed -- --handler';
    await shell(`${line} --contract ${path.join(contract, 'asyncapi.json')}`, alone);
    await assertEffect(line, alone);
  });
});
