import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadProgram } from '../../generators/cli/compile-cache.ts';
import { newFolder, removeFolders } from './support/command.ts';

const source = "exports.answer = (function () { return 'first'; })();\n".padEnd(2_000, ' ');
const isRoot = process.getuid?.() === 0;
const stranger = 54_321;

describe('the compiled form of the program', () => {
  let folder: string;
  let program: string;

  beforeEach(async function () {
    if (process.env['NODE_V8_COVERAGE'] !== undefined || process.platform === 'win32') this.skip();
    folder = await newFolder();
    program = path.join(folder, 'main.js');
    await writeFile(program, source);
  });
  afterEach(removeFolders);

  const load = () => loadProgram<{ answer: string }>(program);
  const runAndKeep = () => {
    const loaded = load();
    loaded.keep();
    return loaded;
  };
  const others = async () => (await readdir(folder)).filter((name) => name !== 'main.js');
  const cacheFile = async () => path.join(folder, String((await others())[0]));
  const assertUnused = () => assert.deepEqual([load().exports.answer, load().isCached], ['first', false]);

  it('is stored by a run, in one file that only this user can write, and used by the next run', async () => {
    assert.equal(runAndKeep().isCached, false);
    assert.equal((await others()).length, 1);
    const { mode, ino } = await stat(await cacheFile());
    assert.equal(mode & 0o777, 0o600);
    const next = runAndKeep();
    assert.deepEqual([next.exports.answer, next.isCached], ['first', true]);
    assert.equal((await stat(await cacheFile())).ino, ino);
  });

  it('is not used after one of its bytes has changed, and the next run replaces it', async () => {
    runAndKeep();
    const file = await cacheFile();
    const bytes = await readFile(file);
    for (const at of [0, 30, bytes.length >> 1, bytes.length - 1]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await writeFile(file, damaged);
      assertUnused();
    }
    await writeFile(file, bytes.subarray(0, 100));
    assertUnused();
    runAndKeep();
    assert.equal(load().isCached, true);
  });

  it('is not used for another program of the same length', async () => {
    runAndKeep();
    await writeFile(program, source.replace('first', 'other'));
    assert.deepEqual([load().exports.answer, load().isCached], ['other', false]);
  });

  it('is not used if every user may write to it, or if it is a link, a pipe or a folder', async () => {
    runAndKeep();
    const file = await cacheFile();
    await chmod(file, 0o646);
    assertUnused();
    await chmod(file, 0o600);
    await rename(file, path.join(folder, 'elsewhere'));
    await symlink('elsewhere', file);
    assertUnused();
    await rm(file);
    execFileSync('mkfifo', [file]);
    assertUnused();
    await rm(file);
    execFileSync('mkdir', [file]);
    assertUnused();
    load().keep();
    assert.deepEqual((await others()).toSorted(), ['elsewhere', path.basename(file)].toSorted());
  });

  it('is neither used nor stored if another user owns the file or the folder', async function () {
    if (!isRoot) this.skip(); // only root can give a file to another user
    runAndKeep();
    const file = await cacheFile();
    await chown(file, stranger, stranger);
    assertUnused();
    await chown(file, 0, 0);
    await chown(folder, stranger, stranger);
    assertUnused();
    await rm(file);
    runAndKeep();
    assert.deepEqual(await others(), []);
  });

  it('is not stored in a folder to which every user may write', async () => {
    await chmod(folder, 0o777);
    runAndKeep();
    assert.deepEqual(await others(), []);
  });

  it('is not needed in a folder that is read-only', async function () {
    if (isRoot) {
      console.log('    skipped: root may write to any folder');
      this.skip();
    }
    await chmod(folder, 0o555);
    assert.equal(runAndKeep().exports.answer, 'first');
    assert.deepEqual(await others(), []);
    await chmod(folder, 0o755);
  });

  it('is disabled by NODE_DISABLE_COMPILE_CACHE', async () => {
    process.env['NODE_DISABLE_COMPILE_CACHE'] = '1';
    try {
      runAndKeep();
    } finally {
      delete process.env['NODE_DISABLE_COMPILE_CACHE'];
    }
    assert.deepEqual(await others(), []);
  });
});
