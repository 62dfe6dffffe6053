import assert from 'node:assert/strict';
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { applied, diffsOf } from './guide-changes.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const modules = path.join(root, 'node_modules');

describe('docs/rate-limit.md', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await temporaryFolder('rate-limit');
    await cp(path.join(root, 'examples/shop/services/user-service'), folder, { recursive: true });
    await rm(path.join(folder, 'node_modules'), { recursive: true, force: true });
    await symlink(modules, path.join(folder, 'node_modules'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const program = (name: string, ...args: string[]) =>
    execute(path.join(modules, '.bin', name), args, { cwd: folder });

  it('adds a limit to a generated service, which compiles, is formatted, and passes its tests, old and new', async () => {
    const page = await readFile(path.join(root, 'docs/rate-limit.md'), 'utf8');
    const [, migration = ''] = /^ {3}```ts\n {3}(.*)\n/m.exec(page) ?? [];
    await writeFile(path.join(folder, 'migrations/20270101000000_rate_limits.ts'), `${migration}\n`);
    const diffs = diffsOf(page);
    assert.equal(diffs.length, 3);
    for (const [file, diff] of diffs) {
      const place = path.join(folder, file);
      await writeFile(place, applied(await readFile(place, 'utf8'), diff));
    }
    await writeFile(path.join(folder, 'test/user-limit.test.ts'), testOf(page));
    await program('tsc', '--noEmit');
    await program('prettier', '--check', 'src', 'migrations', 'test');
    assert.match(await program('mocha'), /accepts 100 requests in a minute/);
  });
});

/** The test file that a page shows. */
function testOf(page: string): string {
  const [, test] = /^```ts\n(import [^]*?)^```$/m.exec(page) ?? [];
  assert.ok(test);
  return test;
}
