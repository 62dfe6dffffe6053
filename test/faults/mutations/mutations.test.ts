import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { mutate } from './mutation.ts';
import { mutations } from './mutations.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const read = (...parts: string[]): string => readFileSync(path.join(root, ...parts), 'utf8');

describe('the mutations', () => {
  it('have unique names', () => {
    assert.equal(new Set(mutations.map(({ name }) => name)).size, mutations.length);
  });

  for (const { name, changes, noticedBy } of mutations) {
    it(`find the code to remove: ${name}`, () => {
      const sources = new Map<string, string>();
      for (const change of changes) {
        const source = sources.get(change.file) ?? read('src/runtime', change.file);
        sources.set(change.file, mutate(source, change));
      }
      for (const source of sources.values()) transformSync(source, { loader: 'ts' });
      const { file, source = file, title } = noticedBy;
      assert.ok(read('test', source).includes(title), `${source} has no test "${title}"`);
    });
  }

  it('throw an error if the source has changed', () => {
    const change = { file: 'a.ts', find: 'lock()', replace: '' };
    assert.equal(mutate('lock(); work();', change), '; work();');
    assert.throws(() => mutate('work();', change), /a\.ts has 0 times .* lock\(\)/);
    assert.throws(() => mutate('lock(); lock();', change), /a\.ts has 2 times/);
  });
});
