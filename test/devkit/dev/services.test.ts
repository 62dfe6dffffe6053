import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { dev } from '../../../src/devkit/dev/dev.ts';
import { selectServices } from '../../../src/devkit/dev/services/services.ts';

describe('the services that dev runs', () => {
  let workspace: string;

  before(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), 'services-test-'));
    const remembered = { 'create-microservice': { generator: 'workspace' } };
    await writeFile(path.join(workspace, '.yo-rc.json'), JSON.stringify(remembered));
    for (const name of ['user-service', 'billing', 'mail-service', 'no-service']) {
      const source = path.join(workspace, 'services', name, 'src');
      await mkdir(source, { recursive: true });
      if (name !== 'no-service') await writeFile(path.join(source, 'main.ts'), '');
    }
  });
  after(() => rm(workspace, { recursive: true }));

  const select = async (folder: string, ...names: string[]) => {
    const { services, isOwnFolder, ...found } = await selectServices(path.join(workspace, folder), names);
    assert.equal(found.workspace, workspace);
    return { names: services.map(({ name }) => name), isOwnFolder };
  };

  it('are all services of a workspace, in its folder and below it', async () => {
    const all = { names: ['billing', 'mail-service', 'user-service'], isOwnFolder: false };
    for (const folder of ['.', 'services', 'services/no-service'])
      assert.deepEqual(await select(folder), all);
  });

  it('are the service of the folder', async () => {
    assert.deepEqual(await select('services/billing'), { names: ['billing'], isOwnFolder: true });
  });

  it('are the named services, each once, by name with or without -service or by folder', async () => {
    const given = ['user', 'billing', 'user-service', 'services/mail-service/'];
    const names = ['user-service', 'billing', 'mail-service'];
    for (const folder of ['.', 'services/billing'])
      assert.deepEqual(await select(folder, ...given), { names, isOwnFolder: false });
  });

  it('do not include a folder without src/main.ts', async () => {
    await assert.rejects(
      select('.', 'no-service'),
      /This workspace has no service "no-service"\. Its services: billing, mail-service, user-service\.$/,
    );
  });

  it('must all be installed before one of them starts', async () => {
    const install = async (name: string) => {
      const packages = path.join(workspace, 'services', name, 'node_modules');
      await mkdir(packages);
      await symlink(path.resolve('node_modules/tsx'), path.join(packages, 'tsx'), 'junction');
    };
    const start = (...names: string[]) => dev({ cwd: workspace, names, partsOnly: false, watch: true });
    const fault = (name: string) =>
      `The package tsx is not installed in ${path.join(workspace, 'services', name)}. Run npm install there.`;
    await install('billing');
    await assert.rejects(start(), {
      message: `2 of 3 services cannot start:\n  mail-service: ${fault('mail-service')}\n  user-service: ${fault('user-service')}`,
    });
    await assert.rejects(start('user', 'billing'), {
      message: `1 of 2 services cannot start:\n  user-service: ${fault('user-service')}`,
    });
    await assert.rejects(start('user'), { message: fault('user-service') });
    // dev begins the start of a service with its folder of data
    assert.deepEqual((await readdir(path.join(workspace, 'services', 'billing'))).toSorted(), [
      'node_modules',
      'src',
    ]);
  });

  it('do not exist outside of a workspace', async () => {
    await assert.rejects(selectServices(os.tmpdir(), ['user']), /is not in a workspace/);
  });
});

describe('a workspace above the folder in which dev runs', () => {
  const isRoot = process.getuid?.() === 0;
  const stranger = 54_321;
  const remembered = JSON.stringify({ 'create-microservice': { generator: 'workspace' } });
  let above: string;
  let service: string;
  let notes: string[];

  beforeEach(async function () {
    if (process.platform === 'win32') this.skip();
    above = await mkdtemp(path.join(os.tmpdir(), 'workspace above '));
    service = path.join(above, 'service');
    await mkdir(path.join(service, 'src'), { recursive: true });
    await writeFile(path.join(service, 'src', 'main.ts'), '');
    notes = [];
  });
  afterEach(() => rm(above, { recursive: true }));

  const write = async (name: string, text = remembered): Promise<string> => {
    const file = path.join(above, name);
    await writeFile(file, text);
    return file;
  };
  const found = async () => (await selectServices(service, [], (line) => notes.push(line))).workspace;

  for (const name of ['.yo-rc.json', 'docker-compose.kafka.yml']) {
    it(`is found by a ${name} that belongs to this user`, async () => {
      await write(name);
      assert.deepEqual([await found(), notes], [above, []]);
    });

    it(`is not found by a ${name} that belongs to another user, and a note names the file`, async function () {
      if (!isRoot) skipFor(this, 'only root can give a file to another user');
      await chown(await write(name), stranger, stranger);
      assert.equal(await found(), service);
      assert.equal(notes.length, 1);
      assert.match(notes[0] ?? '', new RegExp(`^${above}/${name} is ignored: it belongs to user 54321`));
    });

    it(`is not found by a ${name} in a folder that every user can write to`, async () => {
      await write(name);
      await chmod(above, 0o1777);
      assert.equal(await found(), service);
      assert.match(notes.join('\n'), /is ignored: every user can write to its folder/);
    });

    it(`is not found by a ${name} that every user can write to`, async () => {
      await chmod(await write(name), 0o666);
      assert.equal(await found(), service);
      assert.match(notes.join('\n'), /is ignored: every user can write to it[^s]/);
    });

    it(`is not found by a ${name} that is a pipe, a link or a folder, without waiting`, async () => {
      const file = path.join(above, name);
      await writeFile(path.join(above, 'target'), remembered);
      const make = [() => execFileSync('mkfifo', [file]), () => symlink('target', file), () => mkdir(file)];
      for (const each of make) {
        await each();
        assert.equal(await found(), service);
        assert.match(notes.splice(0).join('\n'), /is ignored: it is not a regular file/);
        await rm(file, { recursive: true });
      }
    });

    it(`is not found by a ${name} that is too large`, async () => {
      await write(name, remembered + ' '.repeat(2 ** 20));
      assert.equal(await found(), service);
      assert.match(notes.join('\n'), /is ignored: it is larger than \d+ bytes/);
    });
  }

  it('is found by root if it has the same owner as the folder of dev, as in a container', async function () {
    if (!isRoot) skipFor(this, 'only root can give a file to another user');
    for (const each of [await write('.yo-rc.json'), above, service]) await chown(each, stranger, stranger);
    assert.deepEqual([await found(), notes], [above, []]);
  });

  it('is found on a file system without permissions, where every user can write to the folder of dev, too', async () => {
    await write('.yo-rc.json');
    for (const folder of [above, service]) await chmod(folder, 0o777);
    assert.deepEqual([await found(), notes], [above, []]);
  });
});

function skipFor(context: Mocha.Context, reason: string): never {
  console.log(`      skipped: ${reason}`);
  return context.skip();
}
