import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { baseFolder, readBase } from '../../generators/output/base.ts';
import { writeFiles } from '../../generators/writing/write-files.ts';
import { filesIn, newFolder, quick, removeFolders, run } from './support/command.ts';

const refused = { name: 'UsageError', message: /^cannot write .*symbolic link.*outside/ };

/** Writes the base of a file, whatever its name. */
async function writeBase(folder: string, file: string, content: string | Buffer = ''): Promise<void> {
  const target = path.join(folder, baseFolder, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
}

const unreadable = (reason: RegExp) => ({
  name: 'UsageError',
  message: new RegExp(`\\.yo-base cannot be read .*${reason.source}.*; restore the folder from git$`),
});

describe('the base of a folder', () => {
  afterEach(removeFolders);

  it('is refused in one line if it is larger than a service', async () => {
    const folder = await newFolder();
    const half = Buffer.alloc(20 * 2 ** 20, ' ');
    for (const name of ['a.txt', 'b.txt']) await writeBase(folder, name, half);
    await assert.rejects(readBase(folder), unreadable(/larger than \d+ bytes/));
  });

  it('is refused in one line if it contains too many files', async () => {
    const folder = await newFolder();
    for (let index = 0; index <= 10_000; index += 1) await writeBase(folder, `${index}.txt`);
    await assert.rejects(readBase(folder), unreadable(/more than 10000 files/));
  }).timeout(20_000);

  it('is refused if a file in it is a pipe or a symbolic link, or the folder leads outside', async () => {
    const [pipe, link, outside] = [await newFolder(), await newFolder(), await newFolder()];
    await mkdir(path.join(pipe, baseFolder));
    execFileSync('mkfifo', [path.join(pipe, baseFolder, 'a.txt')]);
    await assert.rejects(readBase(pipe), unreadable(/a\.txt is not a regular file/));
    await mkdir(path.join(link, baseFolder));
    await symlink('/etc/hostname', path.join(link, baseFolder, 'a.txt'));
    await assert.rejects(readBase(link), unreadable(/a\.txt is not a regular file/));
    await symlink(link, path.join(outside, baseFolder));
    await assert.rejects(readBase(outside), refused);
  });

  it('contains the texts of files by their paths, with LF; other files in it are ignored', async () => {
    const folder = await newFolder();
    await writeBase(folder, 'src/app.ts.txt', 'one\r\ntwo\r\n');
    await writeBase(folder, '.gitignore.txt', 'dist\n');
    await writeBase(folder, '.DS_Store');
    assert.deepEqual(
      [...(await readBase(folder))],
      [
        ['.gitignore', 'dist\n'],
        ['src/app.ts', 'one\ntwo\n'],
      ],
    );
  });

  it('of version 0.1.0 is refused in one line', async () => {
    const folder = await newFolder();
    await writeFile(path.join(folder, '.yo-pristine.json.gz'), '');
    await assert.rejects(readBase(folder), {
      name: 'UsageError',
      message:
        /^create-microservice 0\.1 wrote .* this version cannot update it: .*Generate the service in a new folder/,
    });
  });
});

describe('writing into a folder', () => {
  afterEach(removeFolders);

  it('writes nothing outside of it if a folder in it is a symbolic link', async () => {
    const [folder, outside] = [path.join(await newFolder(), 'user-service'), await newFolder()];
    await mkdir(folder);
    await symlink(outside, path.join(folder, 'src'));
    const files = new Map([
      ['README.md', 'ours'],
      ['src/routers/user.ts', 'ours'],
    ]);
    await assert.rejects(writeFiles(folder, files), refused);
    assert.deepEqual([await readdir(outside), await readdir(folder)], [[], ['src']]);
  });

  it('writes nothing outside of it if a file in it is a symbolic link', async () => {
    const [folder, outside] = [path.join(await newFolder(), 'user-service'), await newFolder()];
    await mkdir(folder);
    const file = path.join(outside, 'theirs');
    await writeFile(file, 'theirs');
    await symlink(file, path.join(folder, 'README.md'));
    await assert.rejects(writeFiles(folder, new Map([['README.md', 'ours']])), refused);
    assert.equal(await readFile(file, 'utf8'), 'theirs');
  });

  it('writes nothing outside of it if it is a symbolic link itself, with or without a target', async () => {
    const [cwd, outside] = [await newFolder(), await newFolder()];
    await symlink(outside, path.join(cwd, 'user-service'));
    await symlink(path.join(outside, 'none'), path.join(cwd, 'mail-service'));
    for (const name of ['user-service', 'mail-service'])
      await assert.rejects(writeFiles(path.join(cwd, name), new Map([['README.md', 'ours']])), refused, name);
    assert.deepEqual(await readdir(outside), []);
  });

  it('refuses names of files that lead out of the folder', async () => {
    const folder = path.join(await newFolder(), 'user-service');
    for (const file of ['../outside.ts', '/tmp/outside.ts', 'src/../../outside.ts', ''])
      await assert.rejects(writeFiles(folder, new Map([[file, 'ours']])), { name: 'UsageError' }, file);
  });

  it('writes through a symbolic link within the folder, and below a linked folder above it', async () => {
    const [above, real] = [await newFolder(), await newFolder()];
    await symlink(real, path.join(above, 'work'));
    const folder = path.join(above, 'work', 'user-service');
    await mkdir(path.join(folder, 'lib'), { recursive: true });
    await symlink('lib', path.join(folder, 'src'));
    await writeFiles(folder, new Map([['src/main.ts', 'ours']]));
    assert.equal(await readFile(path.join(real, 'user-service', 'lib', 'main.ts'), 'utf8'), 'ours');
  });
});

describe('create-microservice', () => {
  afterEach(removeFolders);

  it('writes nothing if src is a symbolic link to an outside folder, even with --force', async () => {
    const [cwd, outside] = [await newFolder(), await newFolder()];
    const args = ['user', ...quick, '--resource', 'user', '--fields', 'a:string'];
    await run(args, { cwd });
    const folder = path.join(cwd, 'user-service');
    await rename(path.join(folder, 'src'), path.join(outside, 'src'));
    await symlink(path.join(outside, 'src'), path.join(folder, 'src'));
    const before = [await filesIn(folder), await filesIn(outside)];
    const { code, errors } = await run([...args.slice(0, -1), 'a:string b:text:optional', '--force'], {
      cwd,
    });
    assert.equal(code, 1);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /user-service\/src is a symbolic link/);
    assert.deepEqual([await filesIn(folder), await filesIn(outside)], before);
  });

  for (const [entry, args] of Object.entries({
    '.git': ['--git', '--no-install'],
    node_modules: ['--no-git', '--install'],
  })) {
    it(`writes nothing if ${entry}, which a later step would write, is a symbolic link to an outside folder`, async () => {
      const [cwd, outside] = [await newFolder(), await newFolder()];
      const folder = path.join(cwd, 'user-service');
      await mkdir(folder);
      await symlink(outside, path.join(folder, entry));
      const { code, errors } = await run(['user', '--yes', '--force', ...args], { cwd });
      assert.equal(code, 1);
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.match(
        errors[0] ?? '',
        new RegExp(`user-service/${entry} is a symbolic link that leads outside`),
      );
      assert.deepEqual([await readdir(folder), await readdir(outside)], [[entry], []]);
    });
  }

  it('writes nothing if services/ of the workspace is a symbolic link to an outside folder', async () => {
    const [cwd, outside] = [await newFolder(), await newFolder()];
    const remembered = { generator: 'workspace', version: '0.1.0', answers: {} };
    await writeFile(path.join(cwd, '.yo-rc.json'), JSON.stringify({ 'create-microservice': remembered }));
    await symlink(outside, path.join(cwd, 'services'));
    const { code, errors } = await run(['user', ...quick], { cwd });
    assert.equal(code, 1);
    assert.equal(errors.length, 1, errors.join('\n'));
    assert.match(errors[0] ?? '', /services is a symbolic link that leads outside/);
    assert.deepEqual(await readdir(outside), []);
  });
});
