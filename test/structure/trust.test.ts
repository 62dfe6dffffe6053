import assert from 'node:assert/strict';
import { readSource } from './source-files.ts';

/** Neither package may import the other (imports.test.ts), so each has a copy. */
const copies = ['generators/output/trust.ts', 'src/devkit/dev/environment/trust.ts'];

describe('the rule of which files are trusted', () => {
  it('is the same in the generator and in the devkit', () => {
    const [one, other] = copies.map((file) => ruleOf(readSource(file)));
    assert.ok(one?.includes('distrustOf'));
    assert.equal(one, other);
  });
});

/** The text from the comment of `distrustOf` on; the limit of bytes has a name of its own in each copy. */
const ruleOf = (text: string): string =>
  text.slice(text.indexOf('/**\n * Returns the reason')).replaceAll('maxYoRc', 'most');
