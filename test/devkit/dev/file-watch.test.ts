import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch as watchFolder } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type FileWatch, watchService } from '../../../src/devkit/dev/services/file-watch.ts';
import { waitFor } from '../../../src/devkit/testing.ts';

describe('watchService', () => {
  let root: string;
  let watch: FileWatch;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'file-watch-test-'));
    await mkdir(path.join(root, 'src', 'events'), { recursive: true });
    await mkdir(path.join(root, 'test'));
    await mkdir(path.join(root, 'migrations'));
    watch = await watchService(root, assert.fail);
  });
  afterEach(async () => {
    watch.close();
    await rm(root, { recursive: true });
  });

  const write = (file: string, text = 'changed') => writeFile(path.join(root, file), text);

  it('sees changes of migrations, of files below src, and of files that a service reads at its start', async () => {
    for (const file of [
      'src/main.ts',
      'src/events/consumers.ts',
      'migrations/1_a.ts',
      '.env',
      'package.json',
    ]) {
      const changed = watch.next();
      await write(file);
      assert.deepEqual(await changed, [path.normalize(file)]);
    }
  });

  it('sees files of new folders, and files that an editor replaces', async () => {
    const changed = watch.next();
    await mkdir(path.join(root, 'src', 'new', 'deep'), { recursive: true });
    assert.equal((await changed)[0], path.join('src', 'new'));
    let seen: string[] | undefined;
    void watch.next().then((files) => (seen = files));
    await waitFor(async () => {
      await write('src/new/deep/file.ts.tmp');
      await rename(path.join(root, 'src/new/deep/file.ts.tmp'), path.join(root, 'src/new/deep/file.ts'));
      return seen;
    });
    assert(seen?.includes(path.join('src', 'new', 'deep', 'file.ts')), String(seen));
  });

  it('ignores tests and temporary files of editors', async () => {
    const changed = watch.next();
    for (const file of ['test/main.test.ts', 'src/.main.ts.swp', 'src/main.ts~', 'README.md', 'src/4913'])
      await write(file);
    await write('src/main.ts');
    assert.deepEqual(await changed, [path.join('src', 'main.ts')]);
  });

  it('ignores a file that is gone again, and sees the end of one that was there', async () => {
    await write('src/main.ts');
    await watch.next();
    const changed = watch.next();
    await write('src/sedHV2Ehx');
    await rename(path.join(root, 'src/sedHV2Ehx'), path.join(root, 'src/main.ts'));
    assert.deepEqual(await changed, [path.join('src', 'main.ts')]);
    const removed = watch.next();
    await rm(path.join(root, 'src/main.ts'));
    assert.deepEqual(await removed, [path.join('src', 'main.ts')]);
  });

  it('remembers a change until the next call', async () => {
    const first = watch.next();
    await write('src/one.ts');
    await first;
    const other = watchFolder(path.join(root, 'src'));
    const event = once(other, 'change');
    await write('src/two.ts');
    await event;
    other.close();
    assert.deepEqual(await watch.next(), [path.join('src', 'two.ts')]);
  });
});
