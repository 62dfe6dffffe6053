import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { selectServices } from '../../../src/devkit/dev/services.ts';

describe('the services that dev means', () => {
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

  it('are all of a workspace, in it and below it', async () => {
    const all = { names: ['billing', 'mail-service', 'user-service'], isOwnFolder: false };
    for (const folder of ['.', 'services', 'services/no-service'])
      assert.deepEqual(await select(folder), all);
  });

  it('are the one of the folder', async () => {
    assert.deepEqual(await select('services/billing'), { names: ['billing'], isOwnFolder: true });
  });

  it('are those that are named, once each, with or without -service, or by their folder', async () => {
    const given = ['user', 'billing', 'user-service', 'services/mail-service/'];
    const names = ['user-service', 'billing', 'mail-service'];
    for (const folder of ['.', 'services/billing'])
      assert.deepEqual(await select(folder, ...given), { names, isOwnFolder: false });
  });

  it('are not what has no src/main.ts', async () => {
    await assert.rejects(
      select('.', 'no-service'),
      /no service "no-service" in this workspace\. There are: billing, mail-service, user-service\.$/,
    );
  });

  it('are none outside of a workspace', async () => {
    await assert.rejects(selectServices(os.tmpdir(), ['user']), /lies in no workspace/);
  });
});
