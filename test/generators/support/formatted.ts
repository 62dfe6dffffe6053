import assert from 'node:assert/strict';
import * as prettier from 'prettier';

/** Asserts that prettier, as a service runs it, leaves each of these files as it is. */
export async function assertFormatted(files: Map<string, string>): Promise<void> {
  const ignored = new Set(files.get('.prettierignore')?.split('\n'));
  for (const [file, text] of files) {
    const { inferredParser } = await prettier.getFileInfo(file);
    if (!inferredParser || ignored.has(file)) continue;
    const options = { printWidth: 110, singleQuote: true, filepath: file };
    assert.equal(text, await prettier.format(text, options), file);
  }
}
