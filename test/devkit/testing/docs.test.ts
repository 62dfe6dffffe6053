import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** Without indentation, since a page quotes nested code. */
const unindented = (text: string) => text.replaceAll(/^ +/gm, '');

describe('docs/testing.md', () => {
  it('quotes the code of the files that tests run', () => {
    const page = read('docs/testing.md');
    const quotes = [...page.matchAll(/<!-- from (\S+) -->\n\n```ts\n([^]*?)\n```/g)];
    assert.equal(quotes.length, page.match(/<!-- from /g)?.length);
    assert(quotes.length >= 3);
    for (const [, file = '', code = ''] of quotes)
      assert(unindented(read(file)).includes(unindented(code)), `${file} has not:\n${code}`);
  });
});
