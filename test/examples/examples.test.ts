import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeOrderSystem } from '../../scripts/support/example-orders.ts';
import { writeExampleWorkspace } from '../../scripts/support/example-workspace.ts';

const examples = path.resolve(import.meta.dirname, '..', '..', 'examples');

describe('examples', function () {
  this.timeout(120_000);

  for (const [name, write] of [
    ['shop', writeExampleWorkspace],
    ['orders', writeOrderSystem],
  ] as const)
    it(`${name} matches the output of the generators (if not, run npm run examples, read the diff, and commit)`, async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'examples-'));
      try {
        const written = await contentsOf(await write(folder));
        const committed = await contentsOf(path.join(examples, name));
        assert.deepEqual([...committed.keys()], [...written.keys()]);
        for (const [file, text] of written) assert.equal(committed.get(file), text, file);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

  it('has at most 35 files in a service with one resource, without those of Kubernetes, CI and the base', async () => {
    const files = [...(await contentsOf(path.join(examples, 'shop', 'services', 'user-service'))).keys()];
    const counted = files.filter((file) => !/^(k8s|\.github|\.yo-base)\//.test(file));
    assert.ok(counted.length <= 35, `${counted.length} files: ${counted.join(', ')}`);
  });
});

/** The files that git would keep: `.env` is each developer's own. */
async function contentsOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== '.env')
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(node_modules|dist|\.microservice)\//.test(file) && !file.endsWith('package-lock.json'))
    .toSorted();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'latin1')));
  return new Map(files.map((file, index) => [file, texts[index] ?? '']));
}
