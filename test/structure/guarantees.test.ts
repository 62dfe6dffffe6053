import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { mutations } from '../faults/mutations/mutations.ts';

const docs = path.resolve(import.meta.dirname, '..', '..', 'docs');
const page = readFileSync(path.join(docs, 'guarantees.md'), 'utf8');

/** `| promise | [title](file) | mutation |`, or without a mutation. */
const rows = [...page.matchAll(/^\| (.+?) +\| \[(.+?)\]\((\S+?)\) +\|(?: (.+?) +\|)?$/gm)].map(
  ([, promise = '', title = '', file = '', mutation = '']) => ({ promise, title, file, mutation }),
);

describe('docs/guarantees.md', () => {
  it('links each promise to a test that exists', () => {
    const promises = page
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (-|promise)/.test(line));
    assert.ok(rows.length > 40);
    assert.equal(rows.length, promises.length, 'a line of a table has no link to a test');
    for (const { title, file } of rows) {
      const test = path.join(docs, file);
      assert.ok(existsSync(test), `${file} is not there`);
      assert.ok(readFileSync(test, 'utf8').includes(title), `${file} has no test "${title}"`);
    }
  });

  it('names each mutation, with the mechanism that it removes and the test that notices', () => {
    const told = rows.filter(({ mutation }) => mutation !== '');
    assert.deepEqual(
      told.map(({ mutation }) => mutation).toSorted(),
      mutations.map(({ name }) => name).toSorted(),
    );
    for (const { name, mechanism, noticedBy } of mutations) {
      const { file, source = file, title } = noticedBy;
      const row = told.find(({ mutation }) => mutation === name);
      assert.deepEqual(row, { promise: mechanism, title, file: `../test/${source}`, mutation: name });
    }
  });
});
