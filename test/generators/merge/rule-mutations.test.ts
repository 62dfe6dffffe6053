import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mutate } from '../../faults/mutations/mutation.ts';
import { ruleMutations } from './rule-mutations.ts';

const engine = path.resolve(import.meta.dirname, '../../../generators/merge');

describe('the mutations of the merge', () => {
  it('find the rules to take out, and the tests', () => {
    for (const { rule, change, noticedBy } of ruleMutations) {
      mutate(readFileSync(path.join(engine, change.file), 'utf8'), change);
      const [file, title] = noticedBy;
      const tests = readFileSync(path.join(import.meta.dirname, `${file}.test.ts`), 'utf8');
      assert.ok(tests.includes(title), `${rule}: ${file}.test.ts has no test "${title}"`);
    }
  });
});
