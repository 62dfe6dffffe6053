import assert from 'node:assert/strict';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  createDataDirectory,
  dropTemplate,
} from '../../../src/devkit/postgres/directories/data-directory.ts';
import { placeData } from '../../../src/devkit/postgres/directories/outside.ts';
import { removeDirectory } from '../../../src/devkit/postgres/directories/foreign-directory.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';

const isRootOnLinux = process.getuid?.() === 0 && process.platform === 'linux';

/** An account of this machine that is neither ours nor that of a PostgreSQL. */
const stranger = { uid: 54_321, gid: 54_321 };

/**
 * The account owns PostgreSQL's directory, and can replace a file with a link while root copies. A file that only root can
 * read is the target of such a link.
 */
describe('as root, a file of root in the directory of PostgreSQL', () => {
  const folders: string[] = [];

  before(function () {
    if (isRootOnLinux) return;
    console.log(
      '      skipped: only root has files that another account may not read, and runs PostgreSQL as one',
    );
    this.skip();
  });
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  const createFolder = async (above = os.tmpdir(), mode = 0o755) => {
    const folder = await mkdtemp(path.join(above, 'foreign directory '));
    await chmod(folder, mode);
    folders.push(folder);
    return folder;
  };

  const writeSecret = (directory: string) =>
    writeFile(path.join(directory, 'secret'), 'of root', { mode: 0o600 });

  it('is not copied into the next directory', async () => {
    const folder = await createFolder();
    const place = (name: string) => path.join(folder, name);
    const waiting = 'case "$2" in *first*) until [ -e "$2/secret" ]; do :; done;; esac';
    for (const [name, lines] of Object.entries({ initdb: waiting, postgres: 'cat' }))
      await writeFile(place(name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    const binaries = { initdb: place('initdb'), postgres: place('postgres'), version: `0-${process.pid}` };
    const options = { binaries, account: stranger, user: 'postgres', password: '' };
    const first = createDataDirectory(place('first'), options);
    const unfinished = place('first.unfinished');
    await waitFor(async () => (await stat(unfinished)).uid === stranger.uid, { message: unfinished });
    await writeSecret(unfinished);
    await first;
    await createDataDirectory(place('second'), options);
    await dropTemplate(options);
    await assert.rejects(lstat(path.join(place('second'), 'secret')), { code: 'ENOENT' });
  });

  it('is not moved out of a closed folder to another file system', async function () {
    if ((await stat('/dev/shm')).dev === (await stat('/var/lib')).dev) this.skip();
    const home = path.join(await createFolder('/dev/shm', 0o700), 'postgres');
    const data = path.join(home, 'data');
    await mkdir(data, { recursive: true, mode: 0o700 });
    await writeFile(path.join(data, 'PG_VERSION'), '18');
    for (const each of [data, path.join(data, 'PG_VERSION')]) await chown(each, stranger.uid, stranger.gid);
    await writeSecret(data);
    await assert.rejects(placeData(home, stranger), /cannot enter .*secret.*Permission denied/s);
    assert.equal(await readFile(path.join(data, 'secret'), 'utf8'), 'of root');

    await rm(path.join(data, 'secret'));
    const moved = await placeData(home, stranger);
    folders.push(path.dirname(moved));
    assert.equal(await readlink(data), moved);
    const { uid, mode } = await stat(moved);
    assert.deepEqual([uid, mode & 0o077], [stranger.uid, 0]);
    assert.equal(await readFile(path.join(moved, 'PG_VERSION'), 'utf8'), '18');
    assert.equal((await stat(path.join(moved, 'PG_VERSION'))).uid, stranger.uid);
  });

  it('is not removed with it', async () => {
    const folder = await createFolder();
    const kept = path.join(folder, 'data', 'kept');
    await mkdir(kept, { recursive: true, mode: 0o700 });
    await writeSecret(kept);
    await chown(path.join(folder, 'data'), stranger.uid, stranger.gid);
    await assert.rejects(removeDirectory(folder), /kept.*Permission denied/);
    assert.equal(await readFile(path.join(kept, 'secret'), 'utf8'), 'of root');

    await rm(kept, { recursive: true });
    await removeDirectory(folder);
    await assert.rejects(stat(folder), { code: 'ENOENT' });
  });
});
