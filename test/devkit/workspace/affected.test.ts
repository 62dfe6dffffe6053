import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { affectedServices } from '../../../src/devkit/workspace/facts/affected.ts';

const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];

describe('the services that a change affects', () => {
  let workspace: string;
  const names = ['mail', 'order', 'user'];
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: workspace, stdio: 'pipe' });
  const folderOf = (name: string) => path.join(workspace, 'services', name);
  const write = async (name: string, file: string, text: string) => {
    await mkdir(path.dirname(path.join(folderOf(name), file)), { recursive: true });
    await writeFile(path.join(folderOf(name), file), text);
  };
  const affected = async (revision = 'main', only = names) => {
    const services = only.map((name) => ({ name, root: folderOf(name) }));
    const found = await affectedServices({ services, workspace, isOwnFolder: false }, revision);
    return found.map(({ service, reason }) => `${service.name}: ${reason}`);
  };

  beforeEach(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), 'affected-test-'));
    await write('user', 'asyncapi.json', contract('send', 'User'));
    await write('user', 'src/main.ts', '');
    await write('order', 'asyncapi.json', contract('receive', 'Order'));
    await write('order', 'src/main.ts', '');
    await write('mail', 'asyncapi.json', '{ "asyncapi": "3.0.0" }');
    git('-c', 'init.defaultBranch=main', 'init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'one');
    git('switch', '--quiet', '--create', 'feature');
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  it('are none without a change', async () => {
    assert.deepEqual(await affected(), []);
  });

  it('are those with changed or new files, committed or not', async () => {
    await write('user', 'src/main.ts', '// changed');
    git('commit', '--quiet', '--all', '--message', 'two');
    await write('mail', 'src/new.ts', '');
    await write('mail', 'src/other.ts', '');
    assert.deepEqual(await affected(), [
      'mail: src/new.ts and 1 more have changed',
      'user: src/main.ts has changed',
    ]);
  });

  it('include the consumers of a changed contract', async () => {
    await write('user', 'asyncapi.json', contract('send', 'Changed'));
    assert.deepEqual(await affected(), [
      'order: consumes user.created v1 of user, which has changed',
      'user: asyncapi.json has changed',
    ]);
  });

  it('include the consumers of a removed event', async () => {
    await write('user', 'asyncapi.json', '{ "asyncapi": "3.0.0" }');
    assert.deepEqual(await affected(), [
      'order: consumes user.created v1 of user, which has changed',
      'user: asyncapi.json has changed',
    ]);
  });

  it('include a named consumer of a service that is not named', async () => {
    await write('user', 'asyncapi.json', contract('send', 'Changed'));
    assert.deepEqual(await affected('main', ['order']), [
      'order: consumes user.created v1 of user, which has changed',
    ]);
    assert.deepEqual(await affected('main', ['mail']), []);
  });

  it('are the changes since the branch began, not those of main', async () => {
    git('switch', '--quiet', 'main');
    await write('order', 'src/new.ts', '');
    git('add', '.');
    git('commit', '--quiet', '--message', 'on main');
    git('switch', '--quiet', 'feature');
    assert.deepEqual(await affected(), []);
  });

  it('are all services if the revision is unknown', async () => {
    const found = await affected('release');
    assert.equal(found.length, 3);
    for (const line of found)
      assert.match(line, /its changes are unknown\. .* has no revision "release"\. Fetch it/);
  });
});

const contract = (action: string, title: string) =>
  JSON.stringify({
    asyncapi: '3.0.0',
    info: { title },
    channels: {
      users: { address: 'user.events', messages: { created: { name: 'user.created.v1', payload: {} } } },
    },
    operations: { one: { action, channel: { $ref: '#/channels/users' } } },
  });
