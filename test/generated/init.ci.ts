import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { exampleServices } from '../../scripts/support/example-workspace.ts';
import { withoutPassword } from '../../generators/core/random-password.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { changedFiles, readmeSteps } from './readme-changes.ts';
import { assertEffect } from '../generators/support/documented-effects.ts';
import { shellLines } from '../generators/support/shell-blocks.ts';
import { type Registry, useRegistry } from '../support/registry.ts';

const commands = [
  ['workspace', 'shop', '--no-git'],
  ...Object.entries(exampleServices).map(([name, flags]) => [name, '--no-install', '--no-git', ...flags]),
];

describe('npm init microservice', function () {
  this.timeout(300_000);
  let folder: string;
  let registry: Registry;

  before(async () => {
    folder = await temporaryFolder('init');
    registry = await useRegistry();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('loads the package from a registry, and writes the same files as its tarball', async () => {
    const env = registry.environment;
    const tools = path.join(folder, 'tools');
    await execute('npm', ['install', '--prefix', tools, registry.packages.generator], { cwd: folder, env });
    const command = path.join(tools, 'node_modules', '.bin', 'create-microservice');

    const byInit = await writeWorkspace(path.join(folder, 'by-init'), (cwd, flags) =>
      execute('npm', ['init', 'microservice', '--', ...flags], { cwd, env }),
    );
    const byTarball = await writeWorkspace(path.join(folder, 'by-tarball'), (cwd, flags) =>
      execute(command, flags, { cwd, env }),
    );
    assert.ok(byInit.size > 60);
    assert.deepEqual([...byInit.keys()], [...byTarball.keys()]);
    for (const [file, text] of byTarball) assert.equal(byInit.get(file), text, file);
  });

  it('writes a README whose additions work word for word', async () => {
    const service = path.join(folder, 'by-init', 'shop', 'services', 'notification-service');
    const lines = shellLines(await readFile(path.join(service, 'README.md'), 'utf8'), 'Add to it');
    // No service of this workspace publishes the event of the example.
    const own = lines.filter((line) => !line.includes(' consumer payment.processed '));
    assert.ok(own.length >= 2 && own.length < lines.length, lines.join('\n'));
    for (const line of own) {
      await execute('sh', ['-c', line], { cwd: service, env: registry.environment });
      await assertEffect(line, service);
    }
  });

  it('installs a service from the registry, whose own tests pass', async () => {
    const service = path.join(folder, 'by-init', 'shop', 'services', 'user-service');
    await execute('npm', ['install'], { cwd: service, env: registry.environment });
    assert.match(await execute('npm', ['test'], { cwd: service, env: registry.environment }), /passing/);
  });

  it('has a README whose changes work word for word: a field, a route and an event, with their tests', async () => {
    const service = path.join(folder, 'by-init', 'shop', 'services', 'user-service');
    const run = (command: string) =>
      execute('sh', ['-c', command], { cwd: service, env: registry.environment });
    const migrations = () => readdir(path.join(service, 'migrations'));
    const [make = '', ...others] = readmeSteps(
      await readFile(path.join(service, 'README.md'), 'utf8'),
    ).flatMap((step) => (step.kind === 'run' ? [step.command] : []));
    const before = new Set(await migrations());
    await run(make);
    const [migration = ''] = (await migrations()).filter((file) => !before.has(file));
    await changeFiles(service, `migrations/${migration}`);
    let output = '';
    for (const command of others) output += await run(command);
    assert.match(output, /POST \/:id\/archive sets archived, and publishes user\.updated/);
    assert.match(await readFile(path.join(service, 'asyncapi.json'), 'utf8'), /"user\.archived"/);
    for (const script of ['typecheck', 'lint']) await run(`npm run ${script}`);
  });
});

async function changeFiles(service: string, migration: string): Promise<void> {
  const entries = await readdir(service, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(service, path.join(entry.parentPath, entry.name)))
    .filter((file) => /^(src|test)\/|^README\.md$/.test(file));
  const texts = await Promise.all(files.map((file) => readFile(path.join(service, file), 'utf8')));
  const present = new Map(files.map((file, index) => [file, texts[index] ?? '']));
  for (const [file, text] of changedFiles(present, migration))
    await writeFile(path.join(service, file), text);
}

async function writeWorkspace(
  folder: string,
  generate: (cwd: string, flags: string[]) => Promise<string>,
): Promise<Map<string, string>> {
  await mkdir(folder);
  const workspace = path.join(folder, 'shop');
  for (const flags of commands)
    await generate(flags[0] === 'workspace' ? folder : workspace, [...flags, '--yes']);
  const entries = await readdir(workspace, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(workspace, path.join(entry.parentPath, entry.name)))
    .toSorted();
  const texts = await Promise.all(files.map((file) => readFile(path.join(workspace, file), 'latin1')));
  return new Map(files.map((file, index) => [file, comparable(file, texts[index] ?? '')]));
}

/** No two runs give a service the same password. */
const comparable = (file: string, text: string) =>
  path.basename(file) === '.env' ? withoutPassword('.env', text) : text;
