import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import * as devkit from '../../src/devkit/terminal.ts';
import * as generators from '../../generators/core/terminal.ts';
import * as runtime from '../../src/runtime/logging/terminal.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

/** The files that may write to a terminal directly: one module of each package. */
const doors = ['generators/core/terminal.ts', 'src/runtime/logging/terminal.ts', 'src/devkit/terminal.ts'];
/** It runs on Node versions too old to load any other module, and prints constants. */
const exceptions = ['generators/cli/cli.ts'];
/** Reading from the streams is harmless: their width, and whether they are a terminal. */
const speaking =
  /\bconsole\.\w+\s*\(|\bconsole\b(?!\.)\s*[),;]|process\.(stdout|stderr)\b(?!\.(isTTY|columns|on\b))/;

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

/** Sources of the packages; templates are code of the generated service. */
function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .filter((file) => file.endsWith('.ts') && !/\/(node_modules|dist|templates)\//.test(file));
}

describe('output to a terminal', () => {
  it('passes through one module in each package', () => {
    const files = ['generators', 'src/runtime', 'src/devkit'].flatMap(sources);
    assert.ok(files.length > 200);
    const speakers = files.filter((file) =>
      speaking.test(withoutComments(readFileSync(path.join(root, file), 'utf8'))),
    );
    assert.deepEqual(speakers.toSorted(), [...doors, ...exceptions].toSorted());
  });

  // ESC, C1, DEL; marks that turn or hide the text around them (Unicode, categories Cc and Cf); line endings of Unicode
  const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  const hostile = fc.oneof(
    fc.constantFrom('\u001b[2J', '\u009b31m', '\u007f', '\u0000', '\r', '\u202e', '\u2066', '\u200b'),
    fc.constantFrom('\u{e0041}', '\u2028', '\ud800', '\n', '\t', 'é', '😀', '漢'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const texts = fc.array(hostile, { maxLength: 8 }).map((parts) => parts.join(''));

  for (const [name, { printable }] of Object.entries({ generators, runtime, devkit })) {
    describe(`of ${name}`, () => {
      it('contains no terminal control characters except line endings and tabs', () =>
        fc.assert(
          fc.property(texts, (text) => {
            assert.doesNotMatch(printable(text).replaceAll(/[\n\t]/g, ''), obeyed);
          }),
        ));

      it('is unchanged if it contains no control characters', () => {
        const text = 'Größe: 漢字 😀\n\tend';
        assert.equal(printable(text), text);
      });

      it('leaves JSON the same JSON', () =>
        fc.assert(
          fc.property(texts, texts, (key, value) => {
            const document = { [key]: [value] };
            const text = printable(JSON.stringify(document, null, 2));
            assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(document)));
          }),
        ));
    });
  }
});
