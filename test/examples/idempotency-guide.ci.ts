import assert from 'node:assert/strict';
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { applied, diffsOf } from './guide-changes.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const modules = path.join(root, 'node_modules');

/** The owner's test of the key, with the command of the page. */
const testOf = ({ key, body }: { key: string; body: string }): string => `
import assert from 'node:assert/strict';
import { startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { User } from '../src/models/user.ts';

describe('POST /v1/users with an Idempotency-Key', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readConfig);
  });
  after(() => service.stop());

  const post = () => service.request<User>('POST', '/v1/users', ${body}, { 'idempotency-key': '${key}' });

  it('creates one user and one event, and replays the answer', async () => {
    const first = await post().expect(201);
    const second = await post().expect(201);
    assert.deepEqual(second.body, first.body);
    assert.equal(first.headers.get('idempotency-replayed'), null);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.deepEqual(await service.readPages('/v1/users'), [[first.body]]);
    await service.waitForEvent('user.events', { type: 'user.created', subject: first.body.id });
    assert.equal((await service.published('user.events')).length, 1);
  });
});
`;

describe('docs/idempotency.md', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await temporaryFolder('idempotency');
    await cp(path.join(root, 'examples/shop/services/user-service'), folder, { recursive: true });
    await rm(path.join(folder, 'node_modules'), { recursive: true, force: true });
    await symlink(modules, path.join(folder, 'node_modules'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const program = (name: string, ...args: string[]) =>
    execute(path.join(modules, '.bin', name), args, { cwd: folder });

  it('adds keys to a generated service, which compiles, passes its tests, and handles the command of the page once', async () => {
    const page = await readFile(path.join(root, 'docs/idempotency.md'), 'utf8');
    const [, migration = ''] = /^ {3}```ts\n {3}(.*)\n/m.exec(page) ?? [];
    await writeFile(path.join(folder, 'migrations/20270101000000_idempotency_keys.ts'), `${migration}\n`);
    const diffs = diffsOf(page);
    assert.equal(diffs.length, 2);
    for (const [file, diff] of diffs) {
      const place = path.join(folder, file);
      await writeFile(place, applied(await readFile(place, 'utf8'), diff));
    }
    const [, key = '', body = ''] = /Idempotency-Key: (.*)' \\\n +-d '(.*)'\n/.exec(page) ?? [];
    await writeFile(path.join(folder, 'test/idempotency.test.ts'), testOf({ key, body }).trimStart());
    await program('tsc', '--noEmit');
    await program('prettier', '--check', 'src', 'migrations');
    await program('mocha');
  });
});
