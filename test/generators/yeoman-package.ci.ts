import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { entries } from '../../generators/cli/registry.ts';
import { bundledCommand, newFolder, removeFolders, run } from './support/command.ts';
import { filesWithoutPasswords } from './support/without-passwords.ts';

const execute = promisify(execFile);
const builder = new URL('../../generators/build/build.mjs', import.meta.url).href;

/** Does what `yo <namespace> ...` does, in an environment that looks for generators in node_modules. */
const yo = `
  import { createEnv } from ${JSON.stringify(import.meta.resolve('yeoman-environment'))};
  const [namespace, ...args] = process.argv.slice(2);
  const environment = createEnv({ cwd: process.cwd() });
  environment.on('error', () => undefined);
  await environment.lookup({ npmPaths: [process.env.GENERATORS] });
  if (namespace === 'list') console.log(environment.namespaces().join('\\n'));
  else await environment.execute(namespace, args).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
`;

/** A generator of another author that composes the service and adds a file to it. */
const composing = `
  import path from 'node:path';
  import Generator from ${JSON.stringify(import.meta.resolve('yeoman-generator'))};
  export default class extends Generator {
    constructor(...args) {
      super(...args);
      this.option('dry-run', { type: Boolean });
    }
    async initializing() {
      const options = { yes: true, git: false, install: false, dryRun: this.options.dryRun === true };
      await this.composeWith('microservice:service', { generatorArgs: ['order'], generatorOptions: options });
    }
    writing() {
      this.fs.write(path.join(this.env.cwd, 'order-service', 'TEAM.md'), 'Ours.\\n');
      this.fs.write(path.join(this.env.cwd, 'elsewhere.md'), 'Beside it.\\n');
    }
  }
`;

describe('generator-microservice, packed and installed', () => {
  let modules: string;

  before(async function () {
    this.timeout(240_000);
    modules = await mkdtemp(path.join(tmpdir(), 'yeoman-package-'));
    const { buildYeomanPackage } = (await import(builder)) as {
      buildYeomanPackage: (options: { outdir: string }) => Promise<void>;
    };
    const [built, installed] = ['built', 'generator-microservice'].map((name) => path.join(modules, name));
    await buildYeomanPackage({ outdir: String(built) });
    await execute('npm', ['pack', '--silent', '--pack-destination', modules], { cwd: built });
    const [tarball = ''] = (await readdir(modules)).filter((name) => name.endsWith('.tgz'));
    await mkdir(String(installed));
    await execute('tar', [
      '-xzf',
      path.join(modules, tarball),
      '--strip-components=1',
      '-C',
      String(installed),
    ]);
    await rm(String(built), { recursive: true });
    const composer = path.join(modules, 'generator-composer', 'generators', 'app');
    await mkdir(composer, { recursive: true });
    await writeFile(path.join(composer, 'index.js'), composing);
    await writeFile(path.join(modules, 'generator-composer', 'package.json'), '{ "type": "module" }');
    await writeFile(path.join(modules, 'yo.mjs'), yo);
  });
  after(() => rm(modules, { recursive: true, force: true }));
  afterEach(removeFolders);

  const runYo = (args: string[], cwd: string) =>
    run(args, { cwd, program: [path.join(modules, 'yo.mjs')], env: { GENERATORS: modules } });

  it('is found by Yeoman under the namespace of every generator', async () => {
    const { output } = await runYo(['list'], await newFolder());
    const expected = ['microservice:app', ...entries.map(({ namespace }) => namespace)];
    const found = output.split('\n').filter((line) => line.startsWith('microservice:'));
    assert.deepEqual(found.toSorted(), expected.toSorted());
  }).timeout(240_000);

  it('writes the same files as the command, from the same flags', async () => {
    const [ours, theirs] = [await newFolder(), await newFolder()];
    const command = [await bundledCommand()];
    const flags = ['--yes', '--no-git', '--no-install', '--database-port', '5440', '--no-kubernetes'];
    const resources = [
      '--resource',
      'user',
      '--fields',
      'email:string',
      '--resource',
      'order',
      '--fields',
      'a:decimal',
    ];
    for (const words of [
      ['workspace', 'system', '--yes'],
      ['user', ...flags, ...resources],
    ]) {
      const one = await run(words, { cwd: ours, program: command });
      const other = await runYo(['microservice:app', ...words], theirs);
      assert.equal(one.code, 0, one.errors.join('\n'));
      assert.deepEqual(other, one);
    }
    assert.deepEqual(await filesWithoutPasswords(theirs), await filesWithoutPasswords(ours));
  }).timeout(240_000);

  it('changes a service as the command does, with its sub-generators', async () => {
    const [ours, theirs] = [await newFolder(), await newFolder()];
    const service = ['user', '--yes', '--no-git', '--no-install', '--database-port', '5440'];
    for (const cwd of [ours, theirs]) assert.equal((await run(service, { cwd })).code, 0);
    const [one, other] = [ours, theirs].map((cwd) => path.join(cwd, 'user-service'));
    for (const [command = '', ...args] of [
      ['resource', 'order', '--fields', 'a:decimal'],
      ['remove', 'resource', 'user'],
      ['update', '--check'],
    ]) {
      const result = await run([command, ...args], { cwd: String(one) });
      assert.deepEqual(result.errors, []);
      const namespace = command === 'remove' ? ['microservice:app', command] : [`microservice:${command}`];
      assert.deepEqual(await runYo([...namespace, ...args], String(other)), result);
    }
    assert.deepEqual(await filesWithoutPasswords(theirs), await filesWithoutPasswords(ours));
  }).timeout(240_000);

  it('asks nothing without a terminal: it counts the missing answers, and writes nothing', async () => {
    const cwd = await newFolder();
    const { code, errors } = await runYo(['microservice:service', 'user'], cwd);
    assert.equal(code, 1);
    assert.match(errors.join('\n'), /cannot ask for \d+ answers without a terminal; add --yes/);
    assert.deepEqual(await readdir(cwd), []);
  }).timeout(240_000);

  it('refuses several resources of which only some have fields', async () => {
    const flags = ['--yes', '--resource', 'user', '--resource', 'order', '--fields', 'a:decimal'];
    const { code, errors } = await runYo(['microservice:service', 'shop', ...flags], await newFolder());
    assert.equal(code, 1);
    assert.match(errors.join('\n'), /--resource is given 2 times, but --fields 1/);
  }).timeout(240_000);

  it('can be composed by another generator, whose files in the folder are kept like its own', async () => {
    const cwd = await newFolder();
    const planned = await runYo(['composer', '--dry-run'], cwd);
    assert.match(planned.output, /written +TEAM\.md/);
    assert.deepEqual(await readdir(cwd), []);
    const { code, errors } = await runYo(['composer'], cwd);
    assert.equal(code, 0, errors.join('\n'));
    assert.deepEqual((await readdir(cwd)).toSorted(), ['elsewhere.md', 'order-service']);
    const folder = path.join(cwd, 'order-service');
    await writeFile(path.join(folder, 'TEAM.md'), 'Mine.\n');
    const again = await runYo(['composer'], cwd);
    assert.equal(again.code, 0, again.errors.join('\n'));
    assert.equal(await readFile(path.join(folder, 'TEAM.md'), 'utf8'), 'Mine.\n');
  }).timeout(240_000);
});
