import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startBroker } from '../../src/devkit/broker/broker.ts';
import { dataDirectory } from '../../src/devkit/dev/servers/data-directory.ts';
import { letThrough, makeOwnFolder } from '../../src/devkit/own-folder.ts';

import { startPostgres } from '../../src/devkit/postgres/postgres.ts';

describe('.microservice', () => {
  let above: string;
  let service: string;
  let elsewhere: string;

  beforeEach(async function () {
    if (process.platform === 'win32') this.skip();
    above = await mkdtemp(path.join(os.tmpdir(), 'own folder '));
    [service, elsewhere] = [path.join(above, 'service'), path.join(above, 'elsewhere')];
    for (const each of [service, elsewhere]) await mkdir(each);
    await chmod(elsewhere, 0o755);
  });
  afterEach(() => rm(above, { recursive: true, force: true }));

  const refused = (link: string) => ({
    message: `${link} is a symbolic link to ${elsewhere}, and symbolic links are not followed here. Replace it with a folder, or remove it.`,
  });
  const assertUntouched = async () => {
    assert.equal((await stat(elsewhere)).mode & 0o777, 0o755);
    assert.deepEqual(await readdir(elsewhere), []);
  };

  it('is closed to other users, even if an older version created it', async () => {
    const folder = path.join(service, '.microservice');
    await mkdir(folder, { mode: 0o755 });
    await dataDirectory(service, 'postgres');
    assert.equal((await stat(folder)).mode & 0o777 & ~0o010, 0o700);
  });

  it('is refused if it is a symbolic link, and the target stays unchanged', async () => {
    const link = path.join(service, '.microservice');
    await symlink(elsewhere, link);
    await assert.rejects(dataDirectory(service, 'postgres'), refused(link));
    await assert.rejects(letThrough(link, { uid: 54_321, gid: 54_321 }), refused(link));
    await assertUntouched();
  });

  it('is refused if it is a dangling symbolic link', async () => {
    const link = path.join(service, '.microservice');
    await symlink(path.join(elsewhere, 'none'), link);
    await assert.rejects(
      makeOwnFolder(link),
      /is a symbolic link to .*none, and symbolic links are not followed here/,
    );
    await assertUntouched();
  });

  it('is refused if the folder of PostgreSQL or the broker in it is a symbolic link', async () => {
    const link = await dataDirectory(service, 'data');
    await symlink(elsewhere, link);
    await assert.rejects(startPostgres({ directory: link }), refused(link));
    await assert.rejects(startBroker({ port: 0, directory: link }), refused(link));
    await assertUntouched();
  });
});
