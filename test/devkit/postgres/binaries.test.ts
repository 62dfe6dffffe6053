import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { linkLibraries } from '../../../src/devkit/postgres/server/binaries.ts';

describe('the binaries of PostgreSQL', () => {
  it('get the library links that npm install --ignore-scripts did not create', async () => {
    const root = await mkdtemp(path.join(os.tmpdir(), 'binaries-test-'));
    await mkdir(path.join(root, 'native', 'lib'), { recursive: true });
    await writeFile(path.join(root, 'native', 'lib', 'libpq.so.5.18'), 'library');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    await writeFile(path.join(root, 'native', 'pg-symlinks.json'), JSON.stringify(links));
    await Promise.all([linkLibraries(root), linkLibraries(root)]);
    assert.equal(await readlink(path.join(root, 'native', 'lib', 'libpq.so.5')), 'libpq.so.5.18');
    assert.equal(await readFile(path.join(root, 'native', 'lib', 'libpq.so.5'), 'utf8'), 'library');
    await rm(root, { recursive: true });
  });
});
